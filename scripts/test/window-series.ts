import { readFileSync } from 'node:fs';
import { parsePolicy } from '#lib/policy/index.ts';
import { histogramOf, policyLines, type WindowSeries } from '#lib/telemetry/index.ts';

/** The policy as it ships, so that a changed limit is tested on both sides without anybody touching a test. */
export const shipped = parsePolicy({
  policy: { file: 'governance/policy.yaml', text: readFileSync('governance/policy.yaml', 'utf8') },
  events: { file: 'governance/events.yaml', text: readFileSync('governance/events.yaml', 'utf8') },
});

/** The same files with some text of the policy replaced; fails when the text is not there. */
export function shippedWith(...edits: readonly [string, string][]): typeof shipped {
  const text = edits.reduce((policy, [from, to]) => {
    if (!policy.includes(from)) throw new RangeError(`the policy does not contain ${from}`);
    return policy.replace(from, to);
  }, shipped.policyYaml);
  return parsePolicy({
    policy: { file: 'governance/policy.yaml', text },
    events: { file: 'governance/events.yaml', text: shipped.eventsYaml },
  });
}

export type Where = { rolloutId: string; phase: string; at: Date };

const LINES = policyLines(shipped.policy);

/** The row that counts `count` events with these dimensions in the window that starts at `at`. */
export function countRow(
  where: Where,
  event: string,
  dims: Record<string, string | boolean>,
  count: number,
  tagSet = '',
): WindowSeries {
  return {
    rolloutId: where.rolloutId,
    phase: where.phase,
    windowStart: where.at.toISOString(),
    event,
    tagSet,
    dims: JSON.stringify(Object.fromEntries(Object.entries(dims).sort(([a], [b]) => (a < b ? -1 : 1)))),
    field: '',
    count,
    sum: count,
    min: null,
    max: null,
    histogram: { zeroCount: 0, index: [], count: [] },
    lines: [],
  };
}

/** The row that aggregates a number field over these values, with the exact counts past the policy's lines. */
export function valueRow(
  where: Where,
  event: string,
  field: string,
  values: readonly number[],
  lines: readonly number[] = LINES.get(event)?.get(field) ?? [],
): WindowSeries {
  return {
    ...countRow(where, event, {}, values.length),
    field,
    sum: values.reduce((sum, value) => sum + value, 0),
    min: Math.min(...values),
    max: Math.max(...values),
    histogram: histogramOf(values),
    lines: lines.map((line) => ({ line, past: values.filter((value) => value > line).length })),
  };
}

/** The starts of the `count` windows before `end`, oldest first. */
export function windowsBefore(end: Date, count: number): Date[] {
  return Array.from({ length: count }, (_, i) => new Date(end.getTime() - (count - i) * 900_000));
}
