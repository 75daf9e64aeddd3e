import { describe, expect, it } from 'vitest';
import { linesBetween } from './window-lines.ts';

const start = Date.parse('2026-11-21T22:00:00Z');
const HOUR_MS = 3_600_000;

function times(lines: string[]): number[] {
  return lines.map((line) => Date.parse(JSON.parse(line).ts));
}

describe('the lines of the demo', () => {
  it('lie in the asked span, in order of time, and are the same each time', () => {
    const lines = linesBetween('autosave', 'B', start, start + HOUR_MS);
    expect(lines.length).toBeGreaterThan(3_500);
    expect(times(lines)).toEqual(times(lines).toSorted((a, b) => a - b));
    expect(times(lines).every((at) => at >= start && at < start + HOUR_MS)).toBe(true);
    linesBetween('autosave', 'A', start, start + HOUR_MS);
    expect(linesBetween('autosave', 'B', start, start + HOUR_MS)).toEqual(lines);
  });

  it('are written once, wherever the pieces are cut, also across midnight', () => {
    const end = start + 4 * HOUR_MS;
    const cuts = [start, start + 61_000, start + 899_999, start + 2 * HOUR_MS, end];
    const pieces = cuts.slice(1).flatMap((to, i) => linesBetween('autosave', 'B', cuts[i] ?? 0, to));
    expect(pieces).toEqual(linesBetween('autosave', 'B', start, end));
  });

  it('crash less in every phase than in the baseline, from the first hundred sessions on', () => {
    const rate = (phase: string, hours: number) => {
      const lines = linesBetween('autosave-merge', phase, start, start + hours * HOUR_MS);
      const count = (event: string) => lines.filter((line) => line.includes(`"${event}"`)).length;
      return count('client.crash') / count('client.session');
    };
    const baseline = rate('A-0', 12);
    expect(rate('A-2', 1)).toBeLessThan(baseline * 1.05);
    expect(rate('A-2', 24)).toBeLessThan(baseline);
  });
});
