import { type AcceptedEvent, parseTimestamp } from '#lib/telemetry/index.ts';
import type { WindowEvent } from './window-detail.schema.ts';

const SLOWEST = 10;
const FAILING = 10;
const MAX_RAW = 2000;

/** What is looked for while lines are read again: a rollout, a window, and which metrics an event counts against. */
export type Sought = {
  rolloutId: string;
  fromMs: number;
  toMs: number;
  /** Whether its duration is one that users waited for. */
  isClient: (event: string) => boolean;
  against: (event: string, dims: Readonly<Record<string, string | boolean>>) => readonly string[];
};

export type Place = { batchId: string; sourceName: string; lineNumber: number };

/** The slowest and the first failing of the events that were shown to it. */
export type WindowTally = {
  /** Whether it is one of the window that counts towards verdicts. `raw` is asked for only when it is kept. */
  add: (event: AcceptedEvent, place: Place, raw: () => string) => boolean;
  result: () => Tallied;
};

export type Tallied = { slowest: WindowEvent[]; failing: WindowEvent[]; failingCount: number };

/** Pure: keeps at most ten of each, whatever it is shown. Failing events come in the order of their time. */
export function windowTally(sought: Sought): WindowTally {
  let slowest: WindowEvent[] = [];
  let failing: WindowEvent[] = [];
  let failingCount = 0;
  let leastSlow = Number.NEGATIVE_INFINITY;
  let latestFailing = Number.POSITIVE_INFINITY;
  return {
    add(event, place, raw) {
      if (
        event.tsMs < sought.fromMs ||
        event.tsMs >= sought.toMs ||
        event.tagSet !== '' ||
        !event.rollouts.includes(sought.rolloutId)
      )
        return false;
      const measured = event.numbers.find(({ histogram }) => histogram);
      const against = sought.against(event.event, JSON.parse(event.dims) as Record<string, string | boolean>);
      const slow =
        measured !== undefined &&
        sought.isClient(event.event) &&
        (slowest.length < SLOWEST || measured.value > leastSlow);
      const fails = against.length > 0 && (failing.length < FAILING || event.tsMs < latestFailing);
      if (against.length > 0) failingCount += 1;
      if (!slow && !fails) return true;
      const line = lineOf(event, place, against, raw());
      if (slow) {
        slowest = slowestOf([...slowest, line]);
        leastSlow = slowest.at(-1)?.value ?? leastSlow;
      }
      if (fails) {
        failing = firstOf([...failing, line]);
        if (failing.length === FAILING) latestFailing = Date.parse(failing.at(-1)?.ts ?? '');
      }
      return true;
    },
    result: () => ({ slowest, failing, failingCount }),
  };
}

const slowestOf = (lines: readonly WindowEvent[]): WindowEvent[] =>
  lines.toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0)).slice(0, SLOWEST);

const firstOf = (lines: readonly WindowEvent[]): WindowEvent[] =>
  lines.toSorted((a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0)).slice(0, FAILING);

/** What several batches have shown, together. */
export function mergeFinds(finds: readonly Tallied[]): Tallied {
  return {
    slowest: slowestOf(finds.flatMap(({ slowest }) => slowest)),
    failing: firstOf(finds.flatMap(({ failing }) => failing)),
    failingCount: finds.reduce((sum, { failingCount }) => sum + failingCount, 0),
  };
}

function lineOf(event: AcceptedEvent, place: Place, against: readonly string[], raw: string): WindowEvent {
  const measured = event.numbers.find(({ histogram }) => histogram);
  return {
    ...place,
    ts: new Date(event.tsMs).toISOString(),
    event: event.event,
    phase: event.phase,
    field: measured?.field ?? null,
    value: measured?.value ?? null,
    against: [...against],
    raw: raw.slice(0, MAX_RAW),
    rawTruncated: raw.length > MAX_RAW,
  };
}

const TS_FIRST = Buffer.from('{"ts":"');
const TS = Buffer.from('"ts"');
const ESCAPE = Buffer.from('\\u');
const QUOTE = 0x22;

/**
 * Whether a line says at its very beginning, and nowhere else again, that it is of a time outside of [fromMs, toMs). Most of a
 * file is, and need not be read as JSON to know it. False also means: cannot tell so cheaply. Pure.
 */
export function isOfAnotherTime(line: Buffer, fromMs: number, toMs: number): boolean {
  if (!line.subarray(0, TS_FIRST.length).equals(TS_FIRST)) return false;
  const end = line.indexOf(QUOTE, TS_FIRST.length);
  // A key can also be written with escapes.
  if (end < 0 || line.indexOf(TS, TS_FIRST.length) >= 0 || line.includes(ESCAPE)) return false;
  const at = parseTimestamp(line.toString('latin1', TS_FIRST.length, end));
  return at !== null && (at < fromMs || at >= toMs);
}
