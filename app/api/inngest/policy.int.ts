import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { until } from '#inngest/embedded/testing/engine.ts';
import { database } from '#lib/database/server.ts';
import { ensureRollouts, findRollout } from '#lib/rollouts/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { withPolicy } from '#scripts/test/governance.ts';
import { servedJobs } from './served-jobs.fixture.ts';

const ADDED = 'autosave-added';

let jobs: Awaited<ReturnType<typeof servedJobs>>;
let restore: () => void;

beforeAll(async () => {
  await testDatabase();
  restore = withPolicy();
  await ensureRollouts(new Date());
  jobs = await servedJobs();
});

afterAll(async () => {
  await jobs.stop();
  restore();
});

/** Adds a rollout to the policy in force, as somebody does who edits governance/ while Phasegate runs. */
function addRollout(id: string): void {
  const file = join(process.env.GOVERNANCE_DIR ?? '', 'policy.yaml');
  const policy = parse(readFileSync(file, 'utf8')) as { rollouts: Record<string, object> };
  policy.rollouts[id] = { ...policy.rollouts['autosave-merge'], label: { ja: id, en: id } };
  writeFileSync(file, stringify(policy));
}
const decide = (requestId: string) =>
  jobs.runJob('phasegate-decide-rollouts', { actor: { id: 'u', name: 'U' }, requestId, now: new Date() });

it('sets up a rollout that was added to the policy while it runs, once, and decides it in the same run [PHA-1] [PHA-6]', async () => {
  expect(await findRollout(ADDED)).toBeNull();
  addRollout(ADDED);
  await decide('q1');
  await until(async () => (await database().rolloutDecision.count({ where: { rolloutId: ADDED } })) > 0);
  expect(await findRollout(ADDED)).toMatchObject({ phase: 'A-0', version: 1, revision: 1 });
  const changes = () => database().phaseChange.findMany({ where: { rolloutId: ADDED } });
  expect(await changes()).toMatchObject([{ kind: 'start', trigger: 'setup', toPhase: 'A-0' }]);
  const before = await database().jobRun.count({ where: { state: 'completed' } });
  await decide('q2');
  await until(async () => (await database().jobRun.count({ where: { state: 'completed' } })) > before);
  expect(await changes()).toHaveLength(1);
});

it('decides the rollouts all the same where one cannot be set up, and ends as failed [PHA-6] [PHA-3]', async () => {
  await database().$executeRawUnsafe(
    `CREATE FUNCTION refuse_rollout() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no room''; END'`,
  );
  await database().$executeRawUnsafe(
    `CREATE TRIGGER refuse_rollout BEFORE INSERT ON rollout FOR EACH ROW
     WHEN (NEW.id = 'autosave-refused') EXECUTE FUNCTION refuse_rollout()`,
  );
  const decided = () => database().rolloutDecision.count({ where: { rolloutId: ADDED } });
  const before = await decided();
  try {
    addRollout('autosave-refused');
    await decide('q3');
    const failed = () =>
      database().jobRun.findFirst({
        where: { functionId: 'phasegate-decide-rollouts', state: 'failed' },
        orderBy: { seq: 'desc' },
      });
    await until(async () => (await failed()) !== null);
    expect(JSON.stringify((await failed())?.error)).toContain('no room');
    expect(await decided()).toBeGreaterThan(before);
  } finally {
    await database().$executeRawUnsafe('DROP FUNCTION refuse_rollout CASCADE');
  }
});
