import { describe, expect, it } from 'vitest';
import { linesBetween, WINDOW_MS, windowLines } from './window-lines.ts';

const start = Date.parse('2026-11-21T09:00:00Z');

describe('the lines of the live emitter', () => {
  it('gives the same window the same lines, in order of time and inside the window', () => {
    const lines = windowLines('autosave', 'B', start);
    expect(lines).toEqual(windowLines('autosave', 'B', start));
    expect(lines.length).toBeGreaterThan(800);
    expect(lines.every(({ atMs }) => atMs >= start && atMs < start + WINDOW_MS)).toBe(true);
    expect(lines.every(({ line }) => JSON.parse(line).phase === 'B')).toBe(true);
  });

  it('writes every line once, wherever the pieces are cut', () => {
    const cuts = [start, start + 61_000, start + 899_999, start + 900_000, start + 2_000_000];
    const pieces = cuts.slice(1).flatMap((to, i) => linesBetween('autosave', 'B', cuts[i] ?? 0, to));
    expect(pieces).toEqual(linesBetween('autosave', 'B', start, start + 2_000_000));
  });
});
