import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { disconnectDatabase } from '#lib/database/server.ts';
import { listRollouts } from '#lib/rollouts/server.ts';
import { instanceDir } from '../machine/instance.ts';
import { readSampleState, sampleFile, writeSampleState } from './sample-store.ts';
import { demoTimeline } from './timeline.ts';
import { linesBetween, WINDOW_MS } from './window-lines.ts';

const LONGEST_GAP_MS = 72 * 3_600_000;

/** Appends the lines of [fromMs, toMs), a few hours at a time so that memory stays small. */
async function append(
  dir: string,
  rollout: string,
  phase: string,
  fromMs: number,
  toMs: number,
  breaches: Parameters<typeof linesBetween>[4] = [],
): Promise<void> {
  const file = sampleFile(dir, rollout, phase, new Date(fromMs));
  await mkdir(dirname(file), { recursive: true });
  const stepMs = 8 * WINDOW_MS;
  for (let start = fromMs; start < toMs; start += stepMs) {
    const lines = linesBetween(rollout, phase, start, Math.min(start + stepMs, toMs), breaches);
    if (lines.length > 0) await appendFile(file, `${lines.join('\n')}\n`);
  }
}

/**
 * Writes the demo's telemetry as files, up to now: at the first start three days of past, later what happened to be
 * missed while the demo was off (72 h at most). The Collector reads them like anybody's files.
 */
async function main(): Promise<void> {
  const dir = instanceDir('demo');
  const state = await readSampleState(dir);
  if (state === undefined)
    throw new Error(`${dir}/sample.json is missing; the demo writes it at its first start`);
  const nowMs = Date.now();
  if (state.until < state.anchor) {
    const { histories, breaches } = demoTimeline(state.anchor);
    for (const [rollout, steps] of Object.entries(histories)) {
      for (const [index, step] of steps.entries()) {
        const end = steps[index + 1]?.at ?? state.anchor;
        const own = breaches.filter(({ phase }) => phase === step.phase);
        await append(dir, rollout, step.phase, step.at.getTime(), end.getTime(), own);
      }
    }
  }
  const fromMs = Math.max(state.until.getTime(), state.anchor.getTime(), nowMs - LONGEST_GAP_MS);
  for (const { id, phase } of await listRollouts()) await append(dir, id, phase, fromMs, nowMs);
  await writeSampleState(dir, { anchor: state.anchor, until: new Date(nowMs) });
}

await main();
await disconnectDatabase();
