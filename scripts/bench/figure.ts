/** One measured figure; its id never changes, so that runs can be compared. `reach`: what the project promises. */
export type Figure = {
  id: string;
  value: number;
  unit: 'ratio' | 'MB' | 'KB' | 'events/s' | 'MB/s' | 's' | 'ms';
  reach: { atMost: number } | { atLeast: number } | null;
  note: string;
};

export type BenchOptions = { events: number; rounds: number; say: (line: string) => void };

/** A bench: measures in child processes and returns its figures. */
export type Bench = (options: BenchOptions) => Promise<Figure[]>;

/** Whether a figure is where it was promised; figures without a promise always are. */
export function isReached({ value, reach }: Figure): boolean {
  if (reach === null) return true;
  return 'atMost' in reach ? value <= reach.atMost : value >= reach.atLeast;
}

/** A figure as a line of the report, with what was promised and whether it was reached. */
export function formatFigure(figure: Figure): string {
  const { id, value, unit, reach, note } = figure;
  const shown =
    unit === 'events/s'
      ? Math.round(value).toLocaleString('en')
      : value.toFixed(unit === 'MB' || unit === 'KB' || unit === 'ms' ? 0 : 3);
  const promise =
    reach === null
      ? ''
      : `  ${isReached(figure) ? 'reached' : 'MISSED'}: ${'atMost' in reach ? `at most ${reach.atMost}` : `at least ${reach.atLeast}`}`;
  return `${id.padEnd(30)} ${shown.padStart(12)} ${unit.padEnd(9)}${promise}  (${note})`;
}

/** The middle value, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
