import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { database, inTransaction } from '#lib/database/server.ts';
import { AuditQuerySchema } from '#lib/evidence/index.ts';
import { appendAudit, exportAudit } from '#lib/evidence/server.ts';
import { incidentKey } from '#lib/incidents/index.ts';
import { enqueueMessage } from '#lib/outbox/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { readAuditView } from './audit-view.run.ts';
import { AuditViewSchema } from './audit-view.schema.ts';

const now = new Date('2026-11-21T00:00:00Z');
const autosave = { ja: 'AutoSave 露出率', en: 'AutoSave by exposure' };

beforeAll(async () => {
  await testDatabase();
});

const record = (subject: string) =>
  inTransaction((tx) =>
    appendAudit(tx, {
      actor: { id: 'user:1', name: 'Mio' },
      action: 'test.named',
      subject,
      reason: 'because',
      details: {},
      at: now,
    }),
  );

/** One of each kind of subject: its id as entries name it. */
async function everyKind() {
  const { policy } = await loadPolicy();
  const [incident, user, key, stop, review, line] = await Promise.all([
    database().incident.create({
      data: { rolloutId: 'autosave', phase: 'B', cause: 'slo_violation', severity: 'major', openedAt: now },
    }),
    database().user.create({ data: { email: 'mio@example.test', name: 'Mio 佐藤' } }),
    database().apiKey.create({
      data: { name: 'CI', prefix: 'pg_1', keySha256: 'a'.repeat(64), scopes: [], createdBy: 'test' },
    }),
    database().stopOrder.create({
      data: {
        kind: 'kill',
        scope: '*',
        reason: 'x',
        trigger: 'button',
        personId: 'user:1',
        personName: 'Mio',
        orderedAt: now,
      },
    }),
    database().review.create({
      data: {
        rolloutId: 'autosave',
        kind: 'rollback',
        subject: `phase_change:${randomUUID()}`,
        reason: 'x',
        openedById: 'user:1',
        openedByName: 'Mio',
        openedAt: now,
        needed: 1,
      },
    }),
    database().telemetryQuarantine.create({
      data: {
        sourceName: 'reports/canary/phase-b.jsonl',
        lineNumber: 12n,
        byteOffset: 0n,
        byteLength: 1n,
        reason: 'not_json',
        message: 'x',
        raw: 'x',
      },
    }),
  ]);
  await inTransaction((tx) =>
    enqueueMessage(tx, policy, {
      dedupKey: 'rollback:1',
      cause: { kind: 'rollback', changeId: randomUUID() },
      rolloutId: 'autosave',
      phase: 'B',
      at: now,
    }),
  );
  const delivery = await database().delivery.findFirstOrThrow({ orderBy: { position: 'asc' } });
  return { incident, user, key, stop, review, line, delivery };
}

it('names people, incidents, stops and all else an entry is about, and leaves ids in what is exported [OPS-22]', async () => {
  const { incident, user, key, stop, review, line, delivery } = await everyKind();
  const named = {
    'rollout:autosave': { kind: 'rollout', label: autosave },
    'rollout:gone': { kind: 'rollout', label: { ja: 'gone', en: 'gone' } },
    [`incident:${incident.id}`]: {
      kind: 'incident',
      key: incidentKey(incident.number),
      cause: 'slo_violation',
      rollout: autosave,
    },
    [`user:${user.id}`]: { kind: 'user', name: 'Mio 佐藤' },
    [`api_key:${key.id}`]: { kind: 'api_key', name: 'CI' },
    [`stop:${stop.id}`]: { kind: 'stop', stop: 'kill', rollout: null },
    [`review:${review.id}`]: { kind: 'review', act: 'rollback', rollout: autosave },
    [`quarantine:${line.id}`]: { kind: 'quarantine', source: 'reports/canary/phase-b.jsonl', line: 12 },
    [`delivery:${delivery.id}`]: {
      kind: 'delivery',
      message: 'rollback',
      channel: expect.stringMatching(/./),
      incidentId: null,
    },
  };
  const unknown = ['users', `incident:${randomUUID()}`, 'user:seed', 'quarantine:x', 'job:tick'];
  const subjects = [...Object.keys(named), ...unknown];
  for (const subject of subjects) await record(subject);
  const view = AuditViewSchema.parse(await readAuditView(AuditQuerySchema.parse({ action: 'test.named' })));
  expect(view.subjects).toEqual(named);
  expect(view.rows.map(({ subject }) => subject)).toEqual(subjects.toReversed());
  let text = '';
  for await (const piece of exportAudit('ndjson', { action: 'test.named' })) text += piece;
  const lines = text.trim().split('\n');
  expect(lines.map((each) => (JSON.parse(each) as { subject: string }).subject)).toEqual(subjects);
  expect(text).not.toContain('Mio 佐藤');
});
