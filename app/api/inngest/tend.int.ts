import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '#inngest/embedded/testing/engine.ts';
import { database, inTransaction } from '#lib/database/server.ts';
import { demandRollback, findRollout, listPhaseChanges } from '#lib/rollouts/server.ts';
import { climbed, demandInput, storeVerdict } from '#scripts/test/climbed-rollout.ts';
import { servedJobs } from './served-jobs.fixture.ts';

let jobs: Awaited<ReturnType<typeof servedJobs>>;

beforeAll(async () => {
  await climbed();
  jobs = await servedJobs();
});

afterAll(() => jobs.stop());

it('sleeps until the deadline of a required rollback and executes it then, not a minute later [ROL-3]', async () => {
  await storeVerdict({ required: true });
  const now = new Date();
  // Long enough that a busy machine comes to see it ahead.
  const seconds = 10;
  const onCall = { rollback: { mode: 'on_call' as const, decideWithinSeconds: seconds } };
  const input = await demandInput(onCall, undefined, now);
  await inTransaction((tx) => demandRollback(tx, input));
  await jobs.runJob('phasegate-tend-rollouts', { actor: { id: 'u', name: 'U' }, requestId: 'q1', now });
  await until(async () => (await findRollout('autosave'))?.state === 'rolling_back');
  const [change] = await listPhaseChanges('autosave', 1);
  expect(change).toMatchObject({ trigger: 'deadline', toPhase: 'B', proof: 'pending' });
  const lateMs = Date.parse(change?.createdAt ?? '') - (now.getTime() + seconds * 1000);
  expect(lateMs).toBeGreaterThanOrEqual(0);
  const asleep = await database().jobRun.findMany({ where: { functionId: 'phasegate-tend-rollouts' } });
  const woken = asleep.filter(({ event }) => JSON.stringify(event).includes('phasegate/rollback.due'));
  expect(woken.length).toBeGreaterThanOrEqual(1);
});
