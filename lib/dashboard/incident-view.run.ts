import { z } from 'zod';
import { database } from '#lib/database/server.ts';
import type { Actor } from '#lib/identity/index.ts';
import { readIncidentDetail } from '#lib/incidents/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { incidentKey } from '#lib/reporter/index.ts';
import { channelNameOf } from './delivery-list.ts';
import type { IncidentPage } from './incident-view.schema.ts';
import { rightOf } from './reader.ts';
import { labelOf } from './tasks.ts';

const EvidenceSchema = z.record(z.string(), z.json());

/**
 * The page of an incident for one reader: its steps, what proves them, its timeline, links and files, and what the reader may
 * do (INC-1, INC-2). Errors: AppError NOT_FOUND; PolicyError, the database's.
 */
export async function readIncidentPage(incidentId: string, reader: Actor, now: Date): Promise<IncidentPage> {
  const { policy } = await loadPolicy();
  const [detail, steps, people] = await Promise.all([
    readIncidentDetail(incidentId, now),
    database().incidentStep.findMany({ where: { incidentId }, select: { step: true, evidence: true } }),
    database().user.findMany({
      where: { disabledAt: null },
      orderBy: [{ name: 'asc' }, { id: 'asc' }],
      select: { id: true, name: true },
    }),
  ]);
  const { number, rolloutId } = detail.incident;
  return {
    now: now.toISOString(),
    key: incidentKey(number),
    rolloutLabel: labelOf(policy, rolloutId) ?? { ja: rolloutId, en: rolloutId },
    detail,
    evidence: Object.fromEntries(
      steps.map(({ step, evidence }) => [step, EvidenceSchema.safeParse(evidence).data ?? {}]),
    ),
    channelNames: Object.fromEntries(
      Object.keys(policy.channels).map((id) => [id, channelNameOf(policy, id)]),
    ),
    people,
    rights: {
      handle: rightOf(policy, reader, 'close_incident'),
      close: rightOf(policy, reader, 'close_incident'),
    },
  };
}
