import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { cliActor } from '#lib/identity/index.ts';
import { ensureRollouts, orderStop } from '#lib/rollouts/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { claimCalls } from './claims.store.ts';

const NOW = new Date();
const IDS = ['phasegate-collect-window', 'phasegate-apply-retention', 'phasegate-something-new'];
const press = (scope: string) =>
  orderStop({
    kind: 'kill',
    scope,
    reason: 'test',
    confirm: 'STOP',
    actor: cliActor('test'),
    trigger: 'cli',
    now: NOW,
    dryRun: false,
  });

beforeAll(async () => {
  await testDatabase();
  await ensureRollouts(NOW);
  await database().jobFunction.createMany({
    data: IDS.map((id) => ({
      id,
      name: id,
      config: { id, name: id, crons: [], events: [], retries: 0, concurrency: [], cancelOn: [] },
    })),
  });
});
afterAll(disconnectDatabase);

beforeEach(async () => {
  await database().stopOrder.deleteMany();
  await database().jobRun.deleteMany();
  await queue(1);
});

const queue = (round: number) =>
  database().jobRun.createMany({
    data: IDS.map((functionId) => ({
      functionId,
      eventId: `e${round}`,
      event: {},
      state: 'queued',
      nextAt: new Date(NOW.getTime() - 60_000),
    })),
  });
const claimed = async () => (await claimCalls('runner', 10, 60_000)).map(({ functionId }) => functionId);

it('claims only what goes on while everything is halted; the rest waits and is claimed afterwards [OPS-7]', async () => {
  await press('*');
  expect(await claimed()).toEqual(['phasegate-collect-window']);
  expect(await claimed()).toEqual([]);
  await database().stopOrder.updateMany({ data: { endedAt: NOW } });
  expect((await claimed()).toSorted()).toEqual(['phasegate-apply-retention', 'phasegate-something-new']);
});

it('claims everything while one rollout is halted [OPS-7]', async () => {
  await press('autosave');
  expect((await claimed()).toSorted()).toEqual(IDS.toSorted());
});

it('claims nothing that is held once a press has returned, however many runners claim [OPS-7]', async () => {
  let pressed = false;
  const runners = Array.from({ length: 4 }, async (_, runner) => {
    const after: string[] = [];
    for (let round = 0; round < 6 || !pressed; round += 1) {
      const begunAfterPress = pressed;
      const claims = await claimCalls(`runner-${runner}`, 1, 60_000);
      if (begunAfterPress) after.push(...claims.map(({ functionId }) => functionId));
    }
    return after;
  });
  for (let round = 2; round < 8; round += 1) await queue(round);
  await press('*');
  const heldNow = await database().jobRun.count({
    where: { leaseOwner: null, functionId: { not: 'phasegate-collect-window' } },
  });
  pressed = true;
  await queue(100);
  const after = (await Promise.all(runners)).flat();
  expect(after.filter((id) => id !== 'phasegate-collect-window')).toEqual([]);
  expect(
    await database().jobRun.count({
      where: { leaseOwner: null, functionId: { not: 'phasegate-collect-window' } },
    }),
  ).toBe(heldNow + 2);
});
