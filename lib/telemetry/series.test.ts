import { describe, expect, it } from 'vitest';
import { shippedContext } from '#scripts/test/nasty-lines.ts';
import {
  compileEventRules,
  foldDimensions,
  histogramOf,
  mergeSeries,
  OTHER_VALUE,
  policyLines,
  type WindowSeries,
} from './index.ts';

const { policy, catalogue } = shippedContext();
const row = (changes: Partial<WindowSeries> = {}): WindowSeries => ({
  rolloutId: 'autosave',
  phase: 'A',
  windowStart: '2026-11-21T11:30:00.000Z',
  event: 'autosave.save.error',
  tagSet: '',
  dims: '{}',
  field: '',
  count: 1,
  sum: 0,
  min: null,
  max: null,
  histogram: histogramOf([]),
  lines: [],
  ...changes,
});

describe('policy lines', () => {
  it('are the limits and warning lines of every phase of a latency, ascending [ANA-4]', () => {
    const lines = policyLines(policy);
    expect(lines.get('autosave.save.completed')?.get('duration_ms')).toEqual([1440, 1600, 1800, 2000, 2500]);
    expect(lines.get('collector.latency')?.get('duration_ms')).toEqual([96_000, 120_000, 144_000, 180_000]);
    expect(lines.has('autosave.restore.result')).toBe(false);
  });
});

describe('merging series', () => {
  it('adds rows of one key and keeps others apart [COL-6]', () => {
    const a = row({ field: 'x', count: 2, sum: 5, min: 1, max: 4, histogram: histogramOf([1, 4]) });
    const b = row({ field: 'x', count: 1, sum: 9, min: 9, max: 9, histogram: histogramOf([9]) });
    expect(mergeSeries([a, row()], [b])).toEqual([
      { ...a, count: 3, sum: 14, max: 9, histogram: histogramOf([1, 4, 9]) },
      row(),
    ]);
  });

  it('drops a line that only one side counted: a partial count would look exact [ANA-3]', () => {
    const a = row({
      lines: [
        { line: 1800, past: 2 },
        { line: 2000, past: 1 },
      ],
    });
    const b = row({ lines: [{ line: 2000, past: 4 }] });
    expect(mergeSeries([a], [b])[0]?.lines).toEqual([{ line: 2000, past: 5 }]);
  });
});

describe('folding dimensions', () => {
  const rules = compileEventRules(policy, catalogue);
  const codes = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) =>
      row({ dims: JSON.stringify({ code: `c${1000 + from + i}` }) }),
    );

  it('leaves as many values as policy allows alone [TEL-10]', () => {
    expect(foldDimensions(rules, codes(0, 50))).toHaveLength(50);
  });

  it('folds what is beyond, counts kept, in one go or in parts [TEL-10]', () => {
    const whole = foldDimensions(rules, codes(0, 120));
    expect(whole).toHaveLength(51);
    expect(whole.find((r) => r.dims.includes(OTHER_VALUE))?.count).toBe(70);
    const parts = [codes(60, 120), codes(0, 60)].map((part) => foldDimensions(rules, part));
    const again = foldDimensions(rules, mergeSeries(...parts));
    const byDims = (rows: WindowSeries[]) => rows.toSorted((a, b) => (a.dims < b.dims ? -1 : 1));
    expect(byDims(again)).toEqual(byDims(whole));
  });

  it('never folds a value that a metric or the catalogue names [ANA-2]', () => {
    const severities = Array.from({ length: 80 }, (_, i) =>
      row({ event: 'bug.reported', dims: JSON.stringify({ severity: `a${i}` }) }),
    );
    const critical = row({ event: 'bug.reported', dims: '{"severity":"critical"}', count: 7 });
    expect(
      foldDimensions(rules, [...severities, critical]).find((r) => r.dims === critical.dims)?.count,
    ).toBe(7);
  });
});
