import { afterAll, beforeAll, it } from 'vitest';
import { until } from '#inngest/embedded/testing/engine.ts';
import { database } from '#lib/database/server.ts';
import { currentDecision, findRollout, signPanel } from '#lib/rollouts/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { readyInA } from '#scripts/test/ready-rollout.ts';
import { servedJobs } from './served-jobs.fixture.ts';

let jobs: Awaited<ReturnType<typeof servedJobs>>;
let stopFollowing: () => void;

beforeAll(async () => {
  await testDatabase();
  jobs = await servedJobs();
  const { followChanges } = await import('#inngest/follow-changes.ts');
  stopFollowing = followChanges();
});

afterAll(async () => {
  stopFollowing();
  await jobs.stop();
});

it('asks for approval as soon as the last panel is signed, by the engine and not at its next minute [PHA-3, DASH-7]', async () => {
  await readyInA(new Date());
  const { id, name } = await database().user.create({
    data: { email: 'r@example.org', name: 'R', roles: { create: [{ role: 'reviewer', grantedBy: 'test' }] } },
  });
  const shown = await currentDecision('autosave', new Date());
  const verdict = await database().verdict.findFirstOrThrow({ orderBy: { windowStart: 'desc' } });
  await signPanel({
    rolloutId: 'autosave',
    panel: 'autosave',
    comment: '',
    rolloutVersion: shown?.rolloutVersion ?? 0,
    policyHash: shown?.policyHash ?? '',
    verdictId: verdict.id,
    actor: { id, name },
    trigger: 'button',
    now: new Date(),
    dryRun: false,
  });
  await until(async () => (await findRollout('autosave'))?.state === 'awaiting_approval');
  // A tick of the clock may have been first; the run that was asked for comes all the same.
  await until(async () => {
    const runs = await database().jobRun.findMany({ where: { functionId: 'phasegate-decide-rollouts' } });
    return runs.some(({ event }) => JSON.stringify(event).includes('"rollouts":["autosave"]'));
  });
});
