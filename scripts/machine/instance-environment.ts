import { resolve } from 'node:path';
import { env, forgetEnv } from '#lib/config/server.ts';
import type { InstancePlan } from './instance-plan.ts';
import { type HeldPort, holdPort } from './ports.ts';
import { ensureSecrets } from './secrets.ts';

/** What commands of people need to find a running instance and act as part of it. */
const SHARED = [
  'PORT',
  'PHASEGATE_MODE',
  'PHASEGATE_URL',
  'PHASEGATE_REHEARSAL',
  'TELEMETRY_ROOTS',
  'GOVERNANCE_DIR',
  'NEXTAUTH_URL',
  'NEXTAUTH_SECRET',
  'INNGEST_SIGNING_KEY',
  'INNGEST_EVENT_KEY',
  'INNGEST_BASE_URL',
  'RUNNER_PORT',
];

/** The part of the environment that is written into runtime.json. */
export function sharedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    SHARED.flatMap((name) => {
      const value = process.env[name];
      return value ? [[name, value]] : [];
    }),
  );
}

/**
 * Sets what the person left open, for this process and its children. Returns the port of our own runner, held until that
 * starts; null where functions run in an Inngest server or cloud that the person configured.
 */
export async function completeEnvironment(
  plan: InstancePlan,
  dir: string,
  port: number,
): Promise<HeldPort | null> {
  const secrets = await ensureSecrets(dir);
  const url = env().appUrl;
  const defaults: Record<string, string> = {
    PORT: String(port),
    PHASEGATE_URL: url,
    NEXTAUTH_URL: url,
    NEXTAUTH_SECRET: secrets.nextauthSecret,
    TELEMETRY_ROOTS: plan.telemetryRoots.map((root) => resolve(root)).join(':'),
    NEXT_TELEMETRY_DISABLED: '1',
  };
  // Held until the runner starts, minutes from now: another Phasegate on this machine would take it, and answer for it.
  const runnerPort = wantsEmbeddedRunner() ? await holdPort(env().runnerPort) : null;
  if (runnerPort) {
    process.env.RUNNER_PORT = String(runnerPort.port);
    Object.assign(defaults, {
      INNGEST_SIGNING_KEY: secrets.inngestSigningKey,
      INNGEST_EVENT_KEY: secrets.inngestEventKey,
      INNGEST_BASE_URL: `http://127.0.0.1:${runnerPort.port}`,
    });
  }
  for (const [name, value] of Object.entries(defaults)) {
    if ((process.env[name] ?? '').trim() === '') process.env[name] = value;
  }
  forgetEnv();
  return runnerPort;
}

/** Whether functions run in our own runner, not in an Inngest server or cloud that the person configured. */
function wantsEmbeddedRunner(): boolean {
  const { baseUrl, signingKey } = env().inngest;
  return baseUrl === undefined && signingKey === undefined;
}
