import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { env } from '#lib/config/server.ts';
import { disconnectDatabase } from '#lib/database/server.ts';
import { adoptPolicy } from '#lib/policy/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { withPolicy } from '#scripts/test/governance.ts';
import { run } from '#scripts/test/mission.ts';
import { giveApproval } from './approvals/give-approval.run.ts';
import {
  addPerson,
  type Person,
  READY_AT,
  readyRollout,
  shownDecision,
} from './people/ready-rollout.fixture.ts';
import { promote } from './promotion/promote.run.ts';
import { findRollout } from './rollout.store.ts';

let url = '';
let restore: () => void = () => undefined;
let sre: Person;
let lead: Person;

beforeAll(async () => {
  ({ url } = await testDatabase());
  restore = withPolicy();
  await adoptPolicy(READY_AT);
  sre = await addPerson('sre', ['sre']);
  lead = await addPerson('lead', ['dev_lead']);
  await readyRollout('A', await addPerson('reviewer', ['reviewer']));
});
afterAll(async () => {
  restore();
  await disconnectDatabase();
});

/** Somebody's slip of the hand in policy.yaml, and its mending. */
async function slip(from: string, to: string): Promise<void> {
  const file = join(env().governanceDir, 'policy.yaml');
  const text = await readFile(file, 'utf8');
  expect(text).toContain(from);
  await writeFile(file, text.replace(from, to));
}
const broken = () => slip('lateness: 2h', 'latenes: 2h');
const mended = () => slip('latenes: 2h', 'lateness: 2h');

/** What a process that has only just started answers; what it refuses is an answer, too. */
async function afterRestart(work: string): Promise<unknown> {
  const program = `
    import * as rollouts from '#lib/rollouts/server.ts';
    import { readOverview } from '#lib/dashboard/server.ts';
    const now = new Date('${READY_AT.toISOString()}');
    const attempt = (work) => work().then((done) => done.outcome, ({ reason, issues }) => ({ reason, issues }));
    const answer = await (async () => { ${work} })();
    process.stdout.write(JSON.stringify(answer));
    process.exit(0);`;
  const { code, out, err } = await run('--input-type=module', ['--eval', program], {
    DATABASE_URL: url,
    LOG_LEVEL: 'silent',
  });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
}

it('promotes nothing after a restart with a broken policy, and says what is wrong with it [PHA-6] [PHA-3]', async () => {
  const { phase, rolloutVersion, policyHash, evidenceHash } = await shownDecision();
  for (const actor of [sre, lead])
    await giveApproval({
      rolloutId: 'autosave',
      choice: 'approve',
      comment: '',
      rolloutVersion,
      policyHash,
      evidenceHash,
      actor,
      trigger: 'button',
      now: READY_AT,
    });
  const press = {
    rolloutId: 'autosave',
    fromPhase: phase,
    expectedVersion: rolloutVersion,
    evidenceHash,
    reason: 'two good days',
    trigger: 'button' as const,
    actor: sre,
  };
  await broken();
  const seen = await afterRestart(`
    await rollouts.ensureRollouts(now);
    return {
      promotion: await attempt(() => rollouts.promote({ ...${JSON.stringify(press)}, now })),
      decision: await rollouts.decideRollout('autosave', 'tick', now),
      overview: await readOverview(now),
    };`);
  expect(seen).toMatchObject({
    promotion: { reason: 'gates_unmet' },
    decision: {
      decision: 'hold',
      gates: expect.arrayContaining([
        expect.objectContaining({ kind: 'flags_as_policy', state: 'unknown', reason: 'policy_unusable' }),
      ]),
    },
    overview: {
      policyProblems: expect.arrayContaining([
        expect.stringMatching(/^governance\/policy\.yaml:\d+:\d+ .*latenes/),
      ]),
      rollouts: expect.arrayContaining([expect.objectContaining({ id: 'autosave', phase: 'A' })]),
    },
  });
  expect(await findRollout('autosave')).toMatchObject({ phase: 'A', version: 1 });
  // The policy was all that held it.
  await mended();
  expect(await promote({ ...press, now: READY_AT })).toMatchObject({ outcome: 'promoted' });
});

it('steps back and halts all the same after a restart with a broken policy [PHA-6] [ROL-1] [OPS-7]', async () => {
  expect(await findRollout('autosave')).toMatchObject({ phase: 'B' });
  await broken();
  const seen = await afterRestart(`
    const common = { rolloutId: 'autosave', reason: 'saves fail', trigger: 'button', now };
    return {
      back: await attempt(() => rollouts.rollBack({ ...common, fromPhase: 'B', actor: ${JSON.stringify(lead)} })),
      kill: await attempt(() => rollouts.orderStop({
        ...common, kind: 'kill', scope: '*', confirm: 'STOP', dryRun: false,
        actor: { ...${JSON.stringify(sre)}, roles: ['sre'], scopes: [] } })),
    };`);
  expect(seen).toEqual({ back: 'rolled_back', kill: 'ordered' });
  expect(await findRollout('autosave')).toMatchObject({ phase: 'A', state: 'halted' });
});
