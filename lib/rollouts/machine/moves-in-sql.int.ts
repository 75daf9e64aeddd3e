import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase, inTransaction, type Transaction } from '#lib/database/server.ts';
import { emptyTables, testDatabase } from '#scripts/test/database.ts';
import { LIVE_STATES, type LiveState, type RolloutState } from '../rollout.schema.ts';
import { ensureRollouts } from '../start.run.ts';
import { ROLLOUT_EVENTS, transition } from './transitions.ts';

const NOW = new Date('2026-11-21T00:00:00Z');

beforeAll(async () => {
  await testDatabase();
});
afterAll(disconnectDatabase);

type Place = { state: RolloutState; resume: LiveState | null };
const PLACES: Place[] = [
  ...LIVE_STATES.map((state) => ({ state, resume: null })),
  ...LIVE_STATES.map((resume) => ({ state: 'halted' as const, resume })),
];
const MOVES = PLACES.flatMap((from) =>
  PLACES.flatMap((to) =>
    [true, false].flatMap((stays) => [-1, 0, 1, 2].map((served) => ({ from, to, stays, served }))),
  ),
);

/** Whether some event of the machine does this; a restart may find the phase it goes to where it is. */
function byMachine({ from, to, stays, served }: (typeof MOVES)[number]): boolean {
  return ROLLOUT_EVENTS.some((event) => {
    const next = transition({ state: from.state, resumeState: from.resume }, event);
    return (
      next !== null &&
      next.state === to.state &&
      next.resumeState === to.resume &&
      Number(next.serving) === served &&
      (next.move === 'restart' || (next.move === 'stay') === stays)
    );
  });
}

it('the database takes exactly the transitions that the machine makes, of every place there is [ROL-7]', async () => {
  const rows = await database().$queryRaw<{ legal: boolean }[]>`
    SELECT phasegate_is_transition(m->'from'->>'state', m->'from'->>'resume', m->'to'->>'state', m->'to'->>'resume',
      (m->>'stays')::boolean, (m->>'served')::integer) AS legal
    FROM jsonb_array_elements(${JSON.stringify(MOVES)}::jsonb) WITH ORDINALITY AS t(m, place) ORDER BY place`;
  expect(rows).toHaveLength(MOVES.length);
  const differing = MOVES.filter((move, index) => byMachine(move) !== rows[index]?.legal);
  expect(differing).toEqual([]);
  expect(MOVES.filter(byMachine).length).toBeGreaterThan(30);
});

describe('a statement by hand', () => {
  beforeEach(async () => {
    await emptyTables('rollout');
    await ensureRollouts(NOW, { autosave: [{ phase: 'A', kind: 'start', at: NOW, reason: 'a test' }] });
  });
  const place = () => database().rollout.findUniqueOrThrow({ where: { id: 'autosave' } });
  const by = (data: Parameters<Transaction['rollout']['update']>[0]['data']) =>
    inTransaction((tx) => tx.rollout.update({ where: { id: 'autosave' }, data }));
  const step = { phase: 'B', state: 'rolling_back', version: 2, revision: 2 };

  it.each([
    ['a state that no transition leads to', { state: 'watching', revision: 2 }],
    ['a transition without a new revision', { state: 'awaiting_approval' }],
    ['two revisions at once', { state: 'awaiting_approval', revision: 3 }],
    ['a revision alone', { revision: 2 }],
    ['another phase', { phase: 'C' }],
    ['a version alone', { version: 2, revision: 2 }],
    ['the end of a switch in another place', { state: 'halted', resumeState: 'completed', revision: 2 }],
    ['a step that is on no record', step],
  ])('moves no rollout by %s [ROL-7]', async (_, data) => {
    const before = await place();
    expect(before).toMatchObject({ phase: 'A', state: 'running', version: 1, revision: 1 });
    await expect(by(data)).rejects.toThrow(/no transition leads|no record of its step/);
    expect(await place()).toEqual(before);
  });

  it('moves it by a transition, and by a step with its record, in either order; and says what moves nothing [ROL-7]', async () => {
    await by({ state: 'awaiting_approval', revision: 2 });
    await inTransaction(async (tx) => {
      await tx.rollout.update({
        where: { id: 'autosave' },
        data: { phase: 'B', state: 'promoting', version: 2, revision: 3 },
      });
      await tx.phaseChange.create({
        data: {
          rolloutId: 'autosave',
          kind: 'promotion',
          fromPhase: 'A',
          toPhase: 'B',
          decisionKey: 'by hand',
          trigger: 'api',
          reason: 'a test',
          actorId: 'u',
          actorName: 'U',
          flagsBefore: {},
          flagsAfter: {},
          rolloutVersion: 2,
          policyHash: 'p',
        },
      });
    });
    await by({ escalatedAt: NOW });
    expect(await place()).toMatchObject({ phase: 'B', state: 'promoting', version: 2, revision: 3 });
  });
});
