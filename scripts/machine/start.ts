import { issueSetupToken } from '#lib/identity/server.ts';
import { adoptPolicy, loadPolicy } from '#lib/policy/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import { requestCycle } from './first-cycle.ts';
import type { Machine } from './instance-plan.ts';
import { supervise } from './supervisor.ts';

async function greet(machine: Machine): Promise<string> {
  const now = new Date();
  const { policy } = await loadPolicy();
  const setup = await issueSetupToken(policy, now);
  await requestCycle(machine);
  return [
    '',
    `  Phasegate: ${machine.url}`,
    ...(setup === null
      ? []
      : [
          '',
          '  There is no administrator yet. Create the first one with this link; it works once, for 24 hours:',
          `    ${setup.url}`,
        ]),
    '',
    '  Telemetry: put NDJSON files in reports/canary/phase-*.jsonl or logs/autosave/*.jsonl (under TELEMETRY_ROOTS),',
    `  or send them to ${machine.url}/api/v1/events with an API key made in the app.`,
    '',
  ].join('\n');
}

await supervise({
  name: 'live',
  telemetryRoots: ['.'],
  prepare: async () => {
    const now = new Date();
    await ensureRollouts(now);
    await adoptPolicy(now);
  },
  greet,
});
