import type { BatchCount } from '#lib/telemetry/index.ts';

/** How much was counted, over any number of batches. The counts add up to `lines` (blank lines apart). */
export type Totals = {
  batches: number;
  lines: number;
  events: number;
  excluded: number;
  quarantined: number;
};

export const emptyTotals = (): Totals => ({ batches: 0, lines: 0, events: 0, excluded: 0, quarantined: 0 });

/** Adds one batch to running totals, in place. */
export function addBatch(totals: Totals, count: BatchCount): void {
  totals.batches += 1;
  totals.lines += count.lineCount;
  totals.events += count.eventCount;
  totals.excluded += count.excludedCount;
  totals.quarantined += count.quarantinedCount;
}

/** A source that could not be read or counted now, by the name people know it under. */
export type SourceProblem = { source: string; message: string };

/** Adds what another look counted to running totals, in place. */
export function addTotals(totals: Totals, more: Totals): void {
  for (const key of ['batches', 'lines', 'events', 'excluded', 'quarantined'] as const)
    totals[key] += more[key];
}
