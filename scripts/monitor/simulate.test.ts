import { describe, expect, it } from 'vitest';
import { judgeWindow } from '#lib/analyzer/index.ts';
import { breachLines, latencyLines } from '#lib/collector/index.ts';
import { countLines } from '#lib/collector/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';

const loaded = await loadPolicy('governance');
const { policy, catalogue, hash } = loaded;
const windowEnd = new Date('2026-11-21T10:15:00.000Z');
const at = new Date(windowEnd.getTime() - 1000);
const context = { policy, catalogue, now: windowEnd };
const count = (lines: readonly string[]) =>
  countLines(Buffer.from(`${lines.join('\n')}\n`), { byteOffset: 0, lineNumber: 1 }, context);

const objectives = Object.entries(policy.rollouts).flatMap(([rolloutId, rollout]) =>
  rollout.phases.flatMap((phase) =>
    phase.objectives.map((objective) => ({
      rolloutId,
      phase: phase.id,
      objective,
      metric: objective.metric,
    })),
  ),
);
/** Those that one bad window breaks; the others need days of them or a baseline. */
const atOnce = objectives.filter(
  ({ objective, metric }) =>
    'consecutive' in objective.violation &&
    objective.violation.consecutive === 1 &&
    !objective.shadow &&
    !['delta_vs_baseline', 'moving_average'].includes(policy.metrics[metric]?.aggregation ?? ''),
);

describe('a simulated breach', () => {
  it.each(objectives)(
    'of $metric in $rolloutId $phase is valid, and excluded from verdicts [COL-7, TEL-11]',
    (o) => {
      const lines = breachLines(o, o.metric, at, loaded);
      expect(lines.length).toBeGreaterThan(0);
      const counted = count(lines);
      expect(counted.quarantine).toEqual([]);
      expect(counted).toMatchObject({ eventCount: lines.length, excludedCount: lines.length });
      expect(new Set(counted.series.map((s) => s.tagSet))).toEqual(new Set(['dry_run']));
    },
  );

  it.each(atOnce)('of $metric in $rolloutId $phase would be a violation if it were real [COL-7]', (o) => {
    const { series } = count(breachLines(o, o.metric, at, loaded));
    const real = series.map((s) => ({ ...s, tagSet: '' }));
    const target = { rolloutId: o.rolloutId, phase: o.phase };
    const verdict = judgeWindow({ policy, catalogue, policyHash: hash, series: real, ...target, windowEnd });
    expect(verdict.metrics.find((m) => m.metric === o.metric)).toMatchObject({ verdict: 'violation' });
  });

  it('names what can be broken when asked for something else [COL-7]', () => {
    expect(() => breachLines({ rolloutId: 'autosave', phase: 'A' }, 'nothing', at, loaded)).toThrow(
      /it has autosave_p95/,
    );
  });
});

it('simulates a late collection as the Collector would report it [COL-7, TEL-7]', () => {
  const target = { rolloutId: 'autosave', phase: 'A' };
  const events = (seconds: number) =>
    latencyLines(target, seconds, at, loaded).map((line) => JSON.parse(line).event);
  expect(events(180)).toEqual(['collector.latency']);
  expect(events(301)).toEqual(['collector.latency', 'collector.delayed']);
  expect(count(latencyLines(target, 301, at, loaded))).toMatchObject({
    excludedCount: 2,
    quarantinedCount: 0,
  });
});
