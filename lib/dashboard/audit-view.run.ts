import { z } from 'zod';
import { database } from '#lib/database/server.ts';
import type { AuditQuery } from '#lib/evidence/audit-list.schema.ts';
import { listAudit } from '#lib/evidence/server.ts';
import { IncidentCauseSchema, incidentKey } from '#lib/incidents/index.ts';
import type { Policy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { EVERYTHING } from '#lib/rollouts/index.ts';
import { type AuditView, type SubjectName, SubjectNameSchema } from './audit-view.schema.ts';
import { channelNameOf } from './delivery-list.ts';
import { labelOf } from './tasks.ts';

type Named = [id: string, name: SubjectName];
/** Reads what those of one kind are called, as far as they are there. */
type Namer = (ids: string[], policy: Policy) => Named[] | Promise<Named[]>;

/** A page of the trail with what people call the subjects (OPS-22). Errors: PolicyError, the database's. */
export async function readAuditView(query: AuditQuery): Promise<AuditView> {
  const [page, { policy }] = await Promise.all([listAudit(query), loadPolicy()]);
  const asked = new Map<string, Set<string>>();
  for (const { subject } of page.rows) {
    const [kind = '', id = ''] = subject.split(':');
    if (id !== '' && NAMERS[kind]?.mayBe(id)) asked.set(kind, (asked.get(kind) ?? new Set()).add(id));
  }
  const named = await Promise.all(
    [...asked].map(async ([kind, ids]) => {
      const names = (await NAMERS[kind]?.name([...ids], policy)) ?? [];
      return names.map(([id, name]): Named => [`${kind}:${id}`, name]);
    }),
  );
  return { ...page, subjects: Object.fromEntries(named.flat()) };
}

const isUuid = (id: string) => z.uuid().safeParse(id).success;
const isText = () => true;

const NAMERS: Readonly<Record<string, { mayBe: (id: string) => boolean; name: Namer }>> = {
  rollout: {
    mayBe: isText,
    name: (ids, policy) => ids.map((id) => [id, { kind: 'rollout', label: nameOfRollout(policy, id) }]),
  },
  incident: { mayBe: isUuid, name: incidentNames },
  user: { mayBe: isUuid, name: userNames },
  api_key: { mayBe: isUuid, name: keyNames },
  policy: { mayBe: isText, name: policyNames },
  delivery: { mayBe: isUuid, name: deliveryNames },
  stop: { mayBe: isUuid, name: stopNames },
  review: { mayBe: isUuid, name: reviewNames },
  quarantine: { mayBe: (id) => /^\d{1,18}$/.test(id), name: quarantineNames },
};

const nameOfRollout = (policy: Policy, id: string) => labelOf(policy, id) ?? { ja: id, en: id };

async function incidentNames(ids: string[], policy: Policy): Promise<Named[]> {
  const rows = await database().incident.findMany({
    where: { id: { in: ids } },
    select: { id: true, number: true, cause: true, rolloutId: true },
  });
  return rows.map(({ id, number, cause, rolloutId }) => [
    id,
    {
      kind: 'incident',
      key: incidentKey(number),
      cause: IncidentCauseSchema.parse(cause),
      rollout: nameOfRollout(policy, rolloutId),
    },
  ]);
}

async function userNames(ids: string[]): Promise<Named[]> {
  const rows = await database().user.findMany({
    where: { id: { in: ids } },
    select: { id: true, name: true },
  });
  return rows.map(({ id, name }) => [id, { kind: 'user', name }]);
}

async function keyNames(ids: string[]): Promise<Named[]> {
  const rows = await database().apiKey.findMany({
    where: { id: { in: ids } },
    select: { id: true, name: true },
  });
  return rows.map(({ id, name }) => [id, { kind: 'api_key', name }]);
}

async function policyNames(hashes: string[]): Promise<Named[]> {
  const rows = await database().policyVersion.findMany({
    where: { hash: { in: hashes } },
    select: { hash: true, appliedAt: true },
  });
  return rows.map(({ hash, appliedAt }) => [hash, { kind: 'policy', since: appliedAt.toISOString() }]);
}

async function deliveryNames(ids: string[], policy: Policy): Promise<Named[]> {
  const rows = await database().delivery.findMany({
    where: { id: { in: ids } },
    select: { id: true, channel: true, message: { select: { kind: true, incidentId: true } } },
  });
  return rows.map(({ id, channel, message }) => [
    id,
    {
      kind: 'delivery',
      message: message.kind,
      channel: channelNameOf(policy, channel),
      incidentId: message.incidentId,
    },
  ]);
}

async function stopNames(ids: string[], policy: Policy): Promise<Named[]> {
  const rows = await database().stopOrder.findMany({
    where: { id: { in: ids } },
    select: { id: true, kind: true, scope: true },
  });
  return rows.map(({ id, kind, scope }) => [
    id,
    SubjectNameSchema.parse({
      kind: 'stop',
      stop: kind,
      rollout: scope === EVERYTHING ? null : nameOfRollout(policy, scope),
    }),
  ]);
}

async function reviewNames(ids: string[], policy: Policy): Promise<Named[]> {
  const rows = await database().review.findMany({
    where: { id: { in: ids } },
    select: { id: true, kind: true, rolloutId: true },
  });
  return rows.map(({ id, kind, rolloutId }) => [
    id,
    SubjectNameSchema.parse({
      kind: 'review',
      act: kind,
      rollout: rolloutId === null ? null : nameOfRollout(policy, rolloutId),
    }),
  ]);
}

async function quarantineNames(ids: string[]): Promise<Named[]> {
  const rows = await database().telemetryQuarantine.findMany({
    where: { id: { in: ids.map(BigInt) } },
    select: { id: true, sourceName: true, lineNumber: true },
  });
  return rows.map(({ id, sourceName, lineNumber }) => [
    String(id),
    { kind: 'quarantine', source: sourceName, line: Number(lineNumber) },
  ]);
}
