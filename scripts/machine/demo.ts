import { join, relative } from 'node:path';
import { seedDemoAccounts } from '#lib/identity/server.ts';
import { adoptPolicy, loadPolicy } from '#lib/policy/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import { ensureEmitterKey } from '../demo/emitter-key.ts';
import { readSampleState, telemetryDir, writeSampleState } from '../demo/sample-store.ts';
import { demoTimeline } from '../demo/timeline.ts';
import { WINDOW_MS } from '../demo/window-lines.ts';
import { requestCycle } from './first-cycle.ts';
import { instanceDir } from './instance.ts';
import type { Machine } from './instance-plan.ts';
import { supervise } from './supervisor.ts';

/** `--development` serves the app with `next dev`, for people who change Phasegate itself. */
const development = process.argv.includes('--development');

async function prepare(machine: Machine): Promise<void> {
  const now = new Date();
  let state = await readSampleState(machine.dir);
  if (state === undefined) {
    const anchor = new Date(Math.floor(now.getTime() / WINDOW_MS) * WINDOW_MS);
    state = { anchor, until: new Date(0) };
    await writeSampleState(machine.dir, state);
  }
  const { policy } = await loadPolicy();
  await seedDemoAccounts(policy, now);
  await ensureRollouts(now, demoTimeline(state.anchor).histories);
  await adoptPolicy(now);
}

async function fill(machine: Machine): Promise<void> {
  const since = performance.now();
  await machine.run('sample', ['scripts/demo/write-sample.ts']);
  await machine.run('past', ['scripts/demo/judge-past.ts']);
  await machine.run('signatures', ['scripts/demo/sign-sample.ts']);
  machine.say(
    `The sample telemetry is written, counted and judged (${Math.round((performance.now() - since) / 1000)} s).`,
  );
}

async function greet(machine: Machine): Promise<string> {
  const key = await ensureEmitterKey(machine.dir, new Date());
  machine.keep('emitter', ['scripts/demo/emit-live.ts'], {
    DEMO_EVENTS_URL: `${machine.localUrl}/api/v1/events`,
    DEMO_API_KEY: key,
  });
  await requestCycle(machine);
  const { policy } = await loadPolicy();
  const accounts = await seedDemoAccounts(policy, new Date());
  const width = Math.max(...accounts.map(({ email }) => email.length));
  const files = relative(process.cwd(), telemetryDir(machine.dir));
  return [
    '',
    `  Phasegate demo: ${machine.url}`,
    '',
    `  Sign in as (password of all: ${accounts[0]?.password ?? ''})`,
    ...accounts.map(({ email, roles }) => `    ${email.padEnd(width)}  ${roles.join(', ')}`),
    '',
    `  Sample telemetry: ${files}/{reports/canary,logs/autosave}/*.jsonl, and a live emitter.`,
    '  Your own NDJSON:  put files in ./reports/canary/phase-*.jsonl or ./logs/autosave/*.jsonl, or send it:',
    `    curl -H "Authorization: Bearer $KEY" -H "Idempotency-Key: $(uuidgen)" --data-binary @events.jsonl ${machine.url}/api/v1/events`,
    `    (KEY: "key" in ${relative(process.cwd(), join(machine.dir, 'emitter-key.json'))}, or make one in the app)`,
    '',
  ].join('\n');
}

await supervise({
  name: 'demo',
  development,
  telemetryRoots: [telemetryDir(instanceDir('demo')), '.'],
  prepare,
  fill,
  greet,
});
