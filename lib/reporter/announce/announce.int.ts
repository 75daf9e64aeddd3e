import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { MessageCauseSchema } from '#lib/outbox/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import { renderMessage } from '#lib/templates/index.ts';
import { loadTemplate } from '#lib/templates/server.ts';
import { emptyTables, testDatabase } from '#scripts/test/database.ts';
import { loadMessageFacts } from '../compose/facts.store.ts';
import { valuesOf } from '../compose/values-of.ts';
import { isDeliveryDue, reportWindow } from '../server.ts';

const WINDOW_MS = 900_000;
const end = new Date('2026-11-21T03:00:00.000Z');
const now = new Date('2026-11-21T03:12:00.000Z');

beforeAll(async () => {
  await testDatabase();
  process.env.TELEMETRY_ROOTS = mkdtempSync(join(tmpdir(), 'announce-'));
  forgetEnv();
  await ensureRollouts(new Date('2026-11-10T00:00:00Z'), {
    autosave: [{ phase: 'B', kind: 'start', at: new Date('2026-11-10T00:00:00Z'), reason: 'test' }],
    'autosave-merge': [{ phase: 'A-0', kind: 'start', at: new Date('2026-11-10T00:00:00Z'), reason: 'test' }],
  });
});
afterAll(disconnectDatabase);
beforeEach(async () => {
  await emptyTables('message', 'delivery', 'verdict', 'cycle');
});

const judged = (rolloutId: string, phase: string, verdict: string, back = 0) =>
  database().verdict.create({
    data: {
      rolloutId,
      phase,
      windowStart: new Date(end.getTime() - (back + 1) * WINDOW_MS),
      windowEnd: new Date(end.getTime() - back * WINDOW_MS),
      revision: 1,
      verdict,
      breach: false,
      rollbackRequired: false,
      notifyLevel: 'none',
      retryableFailures: 0n,
      policyHash: 'p',
      inputHash: randomUUID(),
      metrics: [],
    },
  });
const collected = (delaySeconds: number) =>
  database().cycle.create({
    data: {
      windowStart: new Date(end.getTime() - WINDOW_MS),
      windowEnd: end,
      origin: 'scheduled',
      state: 'analyzed',
      collectedAt: new Date(end.getTime() + delaySeconds * 1000),
    },
  });
const messages = () =>
  database().message.findMany({ orderBy: { seq: 'asc' }, include: { deliveries: true } });

it('writes what a cycle asks for once, however often and by however many it is reported [REP-3] [REP-4]', async () => {
  await judged('autosave', 'B', 'pass', 1);
  await judged('autosave', 'B', 'warn');
  await judged('autosave-merge', 'A-0', 'insufficient_data');
  await collected(431);
  const rounds = await Promise.all([reportWindow(now), reportWindow(now), reportWindow(now)]);
  expect(rounds.reduce((sum, { messages: written }) => sum + written, 0)).toBe(4);
  expect((await reportWindow(now)).messages).toBe(0);
  const all = await messages();
  expect(all.map(({ kind, rolloutId }) => `${kind} ${rolloutId}`).sort()).toEqual([
    'autosave-warn autosave',
    'collector-delayed autosave',
    'collector-delayed autosave-merge',
    'readiness autosave-merge',
  ]);
  expect(await isDeliveryDue(now)).toBe(true);
  expect(await isDeliveryDue(new Date(now.getTime() - 1))).toBe(false);
});

it('has a text for each, with its window and its reason in both languages [REP-4]', async () => {
  await judged('autosave', 'B', 'pass');
  await judged('autosave-merge', 'A-0', 'pass');
  await collected(431);
  await reportWindow(now);
  const { policy } = await loadPolicy();
  for (const message of await messages()) {
    const cause = MessageCauseSchema.parse({ kind: message.kind, ...Object(message.values) });
    const loaded = await loadMessageFacts(policy, { ...message, cause });
    for (const locale of ['ja', 'en'] as const) {
      const facts = { ...loaded, locale };
      const text = renderMessage(
        await loadTemplate(cause.kind),
        'slack',
        locale,
        valuesOf(cause.kind, facts) as never,
      );
      expect(text).toContain('11:45');
      expect(text).not.toContain('{{');
      expect(text).not.toContain('collected_late');
    }
  }
});

it('tells a window that was judged again nobody a second time [COL-6] [REP-3]', async () => {
  const first = await judged('autosave', 'B', 'warn');
  expect((await reportWindow(now)).messages).toBe(1);
  await database().verdict.update({ where: { id: first.id }, data: { isLatest: false } });
  const { id: _, ...row } = first;
  await database().verdict.create({
    data: { ...row, metrics: [], revision: 2, inputHash: randomUUID() },
  });
  expect((await reportWindow(now)).messages).toBe(0);
});

it('says it in the thread of the incident that is open, the most severe first [INC-1] [REP-4]', async () => {
  const incident = (severity: string, cause: string) =>
    database().incident.create({
      data: { rolloutId: 'autosave', phase: 'B', cause, severity, openedAt: now },
    });
  await incident('minor', 'slo_violation');
  const { id } = await incident('major', 'not_recovered');
  await judged('autosave', 'B', 'warn');
  await reportWindow(now);
  const [warning] = await messages();
  expect(warning).toMatchObject({ kind: 'autosave-warn', incidentId: id, level: 'warning' });
  expect(warning?.deliveries.map(({ channel }) => channel)).toContain('incident-autosave');
  await emptyTables('incident');
});
