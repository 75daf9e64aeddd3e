import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

export const OutcomeSchema = z.strictObject({
  /** From the end of the file to the answer. */
  wallMs: z.number(),
  peakRssMb: z.number(),
  events: z.number(),
  /** P95 of autosave.save.completed.duration_ms by phase, milliseconds. */
  p95ByPhase: z.record(z.string(), z.number()),
});
export type Outcome = z.infer<typeof OutcomeSchema>;

/** What a contender's process prints when it has its answer: time, peak memory of the process, and the answer. */
export function reportOutcome(
  begun: number,
  ended: number,
  answer: Pick<Outcome, 'events' | 'p95ByPhase'>,
): void {
  const outcome: Outcome = {
    wallMs: ended - begun,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    ...answer,
  };
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}

/** Runs one contender in a process of its own. Errors: its exit code and what it wrote. */
export async function runContender(
  name: 'phasegate' | 'duckdb' | 'node-zod' | 'postgres-copy',
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Outcome> {
  const child = spawn(process.execPath, [`scripts/bench/contenders/${name}.ts`, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${errors.slice(-2000)}`);
  return OutcomeSchema.parse(JSON.parse(output.trim().split('\n').at(-1) ?? ''));
}
