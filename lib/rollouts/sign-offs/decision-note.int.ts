import { afterAll, beforeAll, expect, it } from 'vitest';
import { analyzeRange } from '#lib/analyzer/server.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { insertSeries } from '#scripts/test/insert-series.ts';
import { countRow } from '#scripts/test/window-series.ts';
import { decideRollout } from '../decision/decide.run.ts';
import { addPerson, collectedTo, type Person } from '../people/ready-rollout.fixture.ts';
import { findRollout } from '../rollout.store.ts';
import { ensureRollouts } from '../start.run.ts';
import { checkDecisionNote } from './decision-note.store.ts';
import { signPanel } from './sign-panel.run.ts';

const ID = 'autosave-merge';
const END = new Date('2026-11-21T09:00:00.000Z');
const START = new Date(END.getTime() - 900_000);
const NOW = new Date(END.getTime() + 180_000);
const METRICS = ['merge_auto_success_rate', 'merge_conflict_rate'];
let reviewer: Person;

beforeAll(async () => {
  await testDatabase();
  reviewer = await addPerson('reviewer', ['reviewer']);
  const history = ['A-0', 'A-1', 'A-2', 'B-0'].map((phase, index) => ({
    phase,
    kind: index === 0 ? ('start' as const) : ('promotion' as const),
    at: new Date(START.getTime() - (4 - index) * 3_600_000),
    reason: 'test history',
  }));
  await ensureRollouts(NOW, { [ID]: history });
  await collectedTo(END);
});
afterAll(disconnectDatabase);

async function applied(accepted: boolean, count: number): Promise<void> {
  const where = { rolloutId: ID, phase: 'B-0', at: START };
  const dims = JSON.stringify({ auto_accepted: accepted, precision: 'beta' });
  await database().telemetryWindow.deleteMany({ where: { rolloutId: ID, dims } });
  await insertSeries([
    countRow(where, 'merge.diff.apply', { auto_accepted: accepted, precision: 'beta' }, count),
  ]);
  await analyzeRange({ from: START, to: END });
}

async function stay() {
  const rollout = await findRollout(ID);
  if (!rollout) throw new Error('there is no such rollout');
  return rollout;
}

async function sign(panel = 'merge') {
  const { version } = await stay();
  const newest = await database().verdict.findFirst({
    where: { rolloutId: ID, phase: 'B-0', isLatest: true },
    orderBy: { windowStart: 'desc' },
  });
  return await signPanel({
    rolloutId: ID,
    panel,
    comment: 'compared with the note',
    rolloutVersion: version,
    policyHash: (await loadPolicy()).hash,
    verdictId: newest?.id ?? null,
    actor: reviewer,
    trigger: 'button',
    now: NOW,
    dryRun: true,
  });
}

it('takes no signature under the Merge panel while the decision note says otherwise than the records [DASH-3]', async () => {
  await applied(true, 95);
  // Nothing was decided of this phase yet.
  await expect(sign()).rejects.toMatchObject({ code: 'CONFLICT', reason: 'note_differs' });
  await decideRollout(ID, 'cycle', NOW);
  expect(await checkDecisionNote(await stay(), METRICS)).toMatchObject({
    note: {
      phase: 'B-0',
      verdict: 'pass',
      rollbackRequired: false,
      rates: [
        { metric: 'merge_auto_success_rate', value: 1 },
        { metric: 'merge_conflict_rate', value: 0 },
      ],
    },
    differs: [],
  });
  expect(await sign()).toMatchObject({ outcome: 'would_sign' });

  // Late telemetry revises the verdict that was decided on: nothing is decided otherwise, yet the note tells of old rates.
  await applied(false, 5);
  await expect(sign()).rejects.toMatchObject({
    reason: 'note_differs',
    issues: [
      { field: 'merge_auto_success_rate', message: 'noted 1, on record 0.95' },
      { field: 'merge_conflict_rate', message: 'noted 0, on record 0.05' },
    ],
  });
  expect(await sign('autosave')).toMatchObject({ outcome: 'would_sign' });
  await decideRollout(ID, 'tick', NOW);
  expect(await sign()).toMatchObject({ outcome: 'would_sign' });

  // What would have to go back is not in the note before it is decided.
  await applied(false, 900);
  await expect(sign()).rejects.toMatchObject({ reason: 'note_differs' });
  const { differs } = await checkDecisionNote(await stay(), METRICS);
  expect(differs.map(({ item, noted, recorded }) => [item, noted, recorded])).toContainEqual([
    'rollback_required',
    false,
    true,
  ]);
  await decideRollout(ID, 'tick', NOW);
  expect(await checkDecisionNote(await stay(), METRICS)).toMatchObject({
    note: { decision: 'roll_back', rollbackRequired: true, rollbackTo: 'A-2' },
    differs: [],
  });
});
