import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { env, forgetEnv } from '#lib/config/server.ts';
import { writeFileAtomically } from '#lib/files/server.ts';
import { isAlive } from './processes.ts';

const MarkSchema = z.strictObject({ pid: z.int().positive(), startedAt: z.string() });

export const InstanceNameSchema = z.enum(['demo', 'live']);
export type InstanceName = z.infer<typeof InstanceNameSchema>;

/** What a running instance tells other commands about itself, in `<data>/<name>/runtime.json` (mode 0600). */
export const RuntimeSchema = z.strictObject({
  name: InstanceNameSchema,
  supervisor: MarkSchema,
  state: z.enum(['starting', 'running', 'stopping']),
  url: z.string(),
  databaseUrl: z.string().nullable(),
  postgres: MarkSchema.nullable(),
  children: z.array(z.strictObject({ name: z.string(), process: MarkSchema })),
  /** What a command needs in its environment to act as part of this instance, secrets included. */
  environment: z.record(z.string(), z.string()),
});
export type Runtime = z.infer<typeof RuntimeSchema>;

/** The running Phasegate that a command talks to. */
export type Instance = {
  /** `environment` when DATABASE_URL was set by the caller. */
  readonly name: InstanceName | 'environment';
  readonly databaseUrl: string;
  /** Where its app answers; unknown when only DATABASE_URL was given. */
  readonly url: string | undefined;
};

/** Where everything lies that is of this instance alone. */
export function instanceDir(name: InstanceName): string {
  return join(env().dataDir, name);
}

function runtimeFile(name: InstanceName): string {
  return join(instanceDir(name), 'runtime.json');
}

/** What the last start of this instance wrote; undefined when it never ran or stopped in order. */
export function readRuntime(name: InstanceName): Runtime | undefined {
  const file = runtimeFile(name);
  if (!existsSync(file)) return undefined;
  const parsed = RuntimeSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return parsed.success ? parsed.data : undefined; // written by another version: nothing of it can be trusted
}

/** Says how a running instance is reached, to this user alone: the address of the database holds its password. */
export async function writeRuntime(runtime: Runtime): Promise<void> {
  await writeFileAtomically(runtimeFile(runtime.name), JSON.stringify(runtime, null, 2), { privately: true });
}

/** After an orderly stop nobody looks for it any more. */
export async function removeRuntime(name: InstanceName): Promise<void> {
  await rm(runtimeFile(name), { force: true });
}

function running(name: InstanceName): Runtime | undefined {
  const runtime = readRuntime(name);
  return runtime !== undefined && isAlive(runtime.supervisor) && runtime.state !== 'stopping'
    ? runtime
    : undefined;
}

/**
 * Finds the instance a command works on and points this process's environment at it: DATABASE_URL wins; then the
 * instance named by `wanted` (`--instance demo|live`); then a running live one, then a running demo.
 * Variables that are set already are kept. Errors: nothing runs, or not the wanted one; the message says what to start.
 */
export function resolveInstance(wanted?: string): Instance {
  const given = process.env.DATABASE_URL?.trim();
  if (given) {
    if (wanted !== undefined)
      throw new Error(`--instance ${wanted} contradicts DATABASE_URL; give one of them`);
    return { name: 'environment', databaseUrl: given, url: process.env.PHASEGATE_URL };
  }
  const names = wanted === undefined ? (['live', 'demo'] as const) : [parseName(wanted)];
  for (const name of names) {
    const runtime = running(name);
    if (runtime === undefined) continue;
    if (runtime.databaseUrl === null)
      throw new Error(`the ${name} instance is still starting; try again in a moment`);
    for (const [key, value] of Object.entries(runtime.environment)) process.env[key] ??= value;
    process.env.DATABASE_URL = runtime.databaseUrl;
    forgetEnv();
    return { name, databaseUrl: runtime.databaseUrl, url: runtime.url };
  }
  const start =
    wanted === 'demo' ? 'npm run demo' : wanted === 'live' ? 'npm start' : 'npm start or npm run demo';
  throw new Error(
    `no running ${wanted ?? 'Phasegate'}${wanted ? ' instance' : ''} was found: start one (${start}) or set DATABASE_URL`,
  );
}

function parseName(wanted: string): InstanceName {
  const parsed = InstanceNameSchema.safeParse(wanted);
  if (!parsed.success) throw new Error(`--instance must be demo or live, not ${wanted}`);
  return parsed.data;
}
