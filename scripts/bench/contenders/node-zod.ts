// (b) Node: JSON.parse and a zod schema for every line, then an exact P95 per phase. It stores nothing.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { reportOutcome } from '../contender.ts';

const common = {
  ts: z.iso.datetime(),
  component: z.string(),
  feature: z.string().optional(),
  phase: z.string(),
};
const EventSchema = z.discriminatedUnion('event', [
  z.object({
    ...common,
    event: z.literal('autosave.save.completed'),
    duration_ms: z.number().nonnegative(),
    bytes: z.int().nonnegative().optional(),
    lease_id: z.string().optional(),
    retry_count: z.int().nonnegative().optional(),
    retryable: z.boolean().optional(),
  }),
  z.object({
    ...common,
    event: z.enum([
      'autosave.save.error',
      'autosave.restore.result',
      'merge.diff.apply',
      'autosave.lock.error',
      'autosave.history.drift',
      'collector.latency',
      'client.session',
      'client.crash',
      'bug.reported',
    ]),
  }),
]);

const [file = ''] = process.argv.slice(2);
const begun = performance.now();
const durations = new Map<string, number[]>();
let events = 0;
for await (const line of createInterface({ input: createReadStream(file, { highWaterMark: 1 << 20 }) })) {
  const event = EventSchema.parse(JSON.parse(line));
  events += 1;
  if (event.event !== 'autosave.save.completed') continue;
  const known = durations.get(event.phase) ?? [];
  known.push(event.duration_ms);
  durations.set(event.phase, known);
}
const p95ByPhase = Object.fromEntries(
  [...durations].map(([phase, values]) => {
    const sorted = Float64Array.from(values).sort();
    return [phase, sorted[Math.ceil(0.95 * sorted.length) - 1] ?? Number.NaN];
  }),
);
reportOutcome(begun, performance.now(), { events, p95ByPhase });
