import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);

export const LoadOrderSchema = z.strictObject({
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  /** What every answer must be. */
  status: z.int(),
  connections: z.int().positive(),
  milliseconds: z.number().positive(),
});
export type LoadOrder = z.infer<typeof LoadOrderSchema>;

/** Answers per second under this load, sent from a process of its own. Errors: an answer of another status. */
export async function answersPerSecond(order: LoadOrder): Promise<number> {
  const { stdout } = await run(process.execPath, ['scripts/bench/http-load.ts', JSON.stringify(order)]);
  return z.strictObject({ perSecond: z.number() }).parse(JSON.parse(stdout)).perSecond;
}
