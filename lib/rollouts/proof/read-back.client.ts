import { z } from 'zod';
import { env } from '#lib/config/server.ts';
import { machineKey } from '#lib/identity/server.ts';
import type { Probe } from './probes.ts';

const TIMEOUT_MS = 5000;

const FlagSchema = z.looseObject({
  key: z.string(),
  value: z.union([z.boolean(), z.string(), z.number()]),
});
const BulkSchema = z.looseObject({
  flags: z.array(FlagSchema),
  metadata: z.looseObject({ version: z.number() }),
});

/** What a client got for one person, beside what it had to get. */
export type ReadBack = {
  context: Probe['context'];
  key: string;
  expected: boolean | string | number;
  got: boolean | string | number | null;
};

/** `version`: of the flags, as the endpoint told. */
export type Reading = { readBacks: ReadBack[]; version: number };

/**
 * Asks the public OFREP endpoint over HTTP for each person, as a client does: all flags at once, and for the first person
 * each flag by itself, too. Errors: when it cannot be reached in 5 s or does not answer as OFREP says.
 */
export async function readBack(probes: readonly Probe[]): Promise<Reading> {
  const readBacks: ReadBack[] = [];
  let version = 0;
  for (const { context, expected } of probes) {
    const bulk = BulkSchema.parse(await ask('', context));
    version = Math.max(version, bulk.metadata.version);
    for (const [key, value] of Object.entries(expected)) {
      const got = bulk.flags.find((flag) => flag.key === key)?.value ?? null;
      readBacks.push({ context, key, expected: value, got });
    }
  }
  const [first] = probes;
  for (const [key, value] of Object.entries(first?.expected ?? {})) {
    const context = first?.context;
    if (!context) continue;
    const { value: got } = FlagSchema.parse(await ask(`/${encodeURIComponent(key)}`, context));
    readBacks.push({ context, key, expected: value, got });
  }
  return { readBacks, version };
}

async function ask(path: string, context: Probe['context']): Promise<unknown> {
  const response = await fetch(`${env().appUrl}/ofrep/v1/evaluate/flags${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${machineKey()}` },
    body: JSON.stringify({ context }),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`the flag endpoint answered with HTTP ${response.status}`);
  return JSON.parse(text);
}
