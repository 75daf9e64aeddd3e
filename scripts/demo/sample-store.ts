import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '#lib/files/server.ts';

const SampleStateSchema = z.strictObject({
  /** The moment the demo's past ends: its first start, on a window's boundary. */
  anchor: z.iso.datetime().transform((text) => new Date(text)),
  /** Events before this moment are written; the next writer goes on from here. */
  until: z.iso.datetime().transform((text) => new Date(text)),
});
export type SampleState = z.output<typeof SampleStateSchema>;

/** How far the demo's telemetry has been written, in `<dir>/sample.json`; undefined before the first start. */
export async function readSampleState(dir: string): Promise<SampleState | undefined> {
  const file = join(dir, 'sample.json');
  if (!existsSync(file)) return undefined;
  return SampleStateSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}

/** Keeps it whole: a demo that is ended while it writes finds the one before. */
export async function writeSampleState(dir: string, state: SampleState): Promise<void> {
  await writeFileAtomically(join(dir, 'sample.json'), JSON.stringify(state));
}

/** The root under which the demo's telemetry lies. */
export function telemetryDir(dir: string): string {
  return join(dir, 'telemetry');
}

/** The file that holds the events of one phase: the exposure rollout logs, the other reports per phase. */
export function sampleFile(dir: string, rollout: string, phase: string, start: Date): string {
  const day = start.toISOString().slice(0, 10);
  return rollout === 'autosave'
    ? join(telemetryDir(dir), 'logs', 'autosave', `exposure-${phase}-${day}.jsonl`)
    : join(telemetryDir(dir), 'reports', 'canary', `phase-${phase}-${day}.jsonl`);
}
