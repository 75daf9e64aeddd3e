import { describe, expect, it } from 'vitest';
import { shippedContext } from '#scripts/test/nasty-lines.ts';
import {
  compileEventRules,
  generateEvents,
  histogramOf,
  histogramPercentile,
  validateEvent,
} from '../index.ts';

const START = new Date('2026-11-21T09:00:00Z');
const END = new Date('2026-11-21T11:00:00Z');
const PHASES = ['A-0', 'A-1', 'A-2', 'B-0', 'B-1', 'A', 'B', 'C'];
const WINDOW_MS = 15 * 60_000;
const { policy, catalogue } = shippedContext(END);
const rules = compileEventRules(policy, catalogue);

type Window = {
  durations: number[];
  saves: number;
  errors: number;
  merges: number;
  auto: number;
  latency: number;
};
type Seen = {
  windows: Map<number, Window>;
  restores: number;
  restored: number;
  drifts: number;
  bugs: number;
  sessions: number;
  crashes: number;
};

/** What a phase's judged events say, read the plain way. */
function look(options: { perMinute: number; breach?: string; phases?: string[] }): Map<string, Seen> {
  const phases = options.phases ?? PHASES;
  const seen = new Map<string, Seen>();
  const breaches = options.breach === undefined ? [] : [{ metric: options.breach, start: START, end: END }];
  for (const line of generateEvents({
    seed: 3,
    start: START,
    end: END,
    eventsPerMinute: options.perMinute * phases.length,
    phases,
    breaches,
  })) {
    const judged = validateEvent(rules, JSON.parse(line), END.getTime());
    if (!judged.accepted) throw new Error(`${judged.message}: ${line}`);
    const phase = seen.get(judged.phase) ?? {
      windows: new Map(),
      restores: 0,
      restored: 0,
      drifts: 0,
      bugs: 0,
      sessions: 0,
      crashes: 0,
    };
    seen.set(judged.phase, phase);
    const at = Math.floor(judged.tsMs / WINDOW_MS);
    const window = phase.windows.get(at) ?? {
      durations: [],
      saves: 0,
      errors: 0,
      merges: 0,
      auto: 0,
      latency: 0,
    };
    phase.windows.set(at, window);
    if (judged.event === 'client.session') phase.sessions += 1;
    if (judged.event === 'client.crash') phase.crashes += 1;
    if (judged.tagSet !== '') continue;
    const duration = judged.numbers.find((number) => number.field === 'duration_ms')?.value ?? 0;
    if (judged.event === 'autosave.save.completed') window.durations.push(duration);
    if (judged.event.startsWith('autosave.save.')) window.saves += 1;
    if (judged.event === 'autosave.save.error') window.errors += 1;
    if (judged.event === 'merge.diff.apply') window.merges += 1;
    if (judged.dims.includes('"auto_accepted":true')) window.auto += 1;
    if (judged.event === 'collector.latency') window.latency = Math.max(window.latency, duration);
    if (judged.event === 'autosave.restore.result') phase.restores += 1;
    if (judged.dims.includes('"success":true')) phase.restored += 1;
    if (judged.event === 'autosave.history.drift') phase.drifts += 1;
    if (judged.dims.includes('"severity":"critical"')) phase.bugs += 1;
  }
  return seen;
}

const p95 = (window: Window) => histogramPercentile(histogramOf(window.durations), 0.95) ?? 0;

describe('generated telemetry', () => {
  it('is the same for the same seed, in the order of time, and all of it valid [TEL-1]', () => {
    const options = { seed: 5, start: START, end: END, eventsPerMinute: 40, phases: PHASES };
    const lines = [...generateEvents(options)];
    expect([...generateEvents(options)]).toEqual(lines);
    expect([...generateEvents({ ...options, seed: 6 })]).not.toEqual(lines);
    const times = lines.map((line) => String(JSON.parse(line).ts));
    expect(times).toEqual(times.toSorted());
    expect(times[0] ?? '').toMatch(/^2026-11-21T09:00/);
    expect(times.at(-1) ?? '').toMatch(/^2026-11-21T10:59/);
  });

  it.each([30, 60, 150])(
    'meets every SLO with margin at %d events a minute and phase [PHA-1]',
    (perMinute) => {
      for (const [phase, seen] of look({ perMinute })) {
        for (const window of seen.windows.values()) {
          expect(p95(window), `${phase} P95`).toBeLessThan(0.8 * 1800);
          expect(window.errors / window.saves, `${phase} errors`).toBeLessThan(0.8 * 0.003);
          expect(window.latency, `${phase} collector`).toBeLessThan(0.8 * 120_000);
          expect(window.latency, `${phase} collector`).toBeGreaterThan(0);
          if (window.merges > 0) expect(window.auto / window.merges, `${phase} merges`).toBeGreaterThan(0.84);
        }
        expect(seen.restored / seen.restores, `${phase} restores`).toBeGreaterThan(0.996);
        expect(seen.drifts).toBe(0);
        expect(seen.bugs).toBeLessThanOrEqual(2);
      }
    },
  );

  it('has the same crash rate in every phase, within the margin of its increase [ANA-1]', () => {
    const rates = [...look({ perMinute: 600, phases: ['A-0', 'A-2'] }).values()].map(
      (s) => s.crashes / s.sessions,
    );
    expect(Math.abs((rates[0] ?? 0) / (rates[1] ?? 1) - 1)).toBeLessThan(0.04);
  });

  it.each<[string, (seen: Seen, window: Window) => boolean]>([
    ['autosave_p95', (_, window) => p95(window) > 2500],
    ['save_error_rate', (_, window) => window.errors / window.saves > 0.01],
    ['restore_success_rate', (seen) => seen.restored / seen.restores < 0.995],
    ['history_drift', (seen) => seen.drifts > 0],
    ['collector_latency', (_, window) => window.latency > 180_000],
    ['merge_auto_success_rate', (_, window) => window.auto / window.merges < 0.8],
    ['critical_bugs_per_day', (seen) => seen.bugs > 3],
    ['crash_rate_delta', (seen) => seen.crashes / seen.sessions > 0.03],
  ])('breaks %s when asked to [COL-7]', (breach, broken) => {
    const seen = look({ perMinute: 60, breach, phases: ['B-1'] }).get('B-1');
    const window = seen?.windows.get(Math.floor(END.getTime() / WINDOW_MS) - 2);
    expect(seen && window && broken(seen, window)).toBe(true);
  });

  it('refuses a breach it does not know', () => {
    const options = { seed: 1, start: START, end: END, eventsPerMinute: 1, phases: ['A'] };
    expect(() => [
      ...generateEvents({ ...options, breaches: [{ metric: 'nope', start: START, end: END }] }),
    ]).toThrow(/known: autosave_p95/);
  });
});
