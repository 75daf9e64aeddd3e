import { expect, it } from 'vitest';
import type { WindowSeries } from '#lib/telemetry/index.ts';
import { countRow, shipped, valueRow, windowsBefore } from '#scripts/test/window-series.ts';
import { calculateWindowMetrics } from './calculate-window-metrics.ts';

const END = new Date('2026-11-20T05:00:00Z');
const [last = END] = windowsBefore(END, 1);
const where = { rolloutId: 'autosave-merge', phase: 'B-0', at: last };

function calculateOver(series: WindowSeries[]) {
  return calculateWindowMetrics({
    ...shipped,
    series,
    rolloutId: 'autosave-merge',
    phase: 'B-0',
    windowEnd: END,
  });
}

// The three that seed 001 §7 item 1 names.
it('calculateWindowMetrics normalises a 15-minute window: ms stay ms, rates are 0..1 [ANA-1] [ANA-2]', () => {
  const metrics = calculateOver([
    valueRow(where, 'autosave.save.completed', 'duration_ms', [
      ...Array<number>(95).fill(800),
      ...Array<number>(5).fill(9000),
    ]),
    countRow(where, 'autosave.restore.result', { success: true }, 199),
    countRow(where, 'autosave.restore.result', { success: false }, 1),
    countRow(where, 'merge.diff.apply', { auto_accepted: true, precision: 'beta' }, 60),
    countRow(where, 'merge.diff.apply', { auto_accepted: true, precision: 'stable' }, 20),
    countRow(where, 'merge.diff.apply', { auto_accepted: false, precision: 'beta' }, 20),
  ]);
  expect(metrics.autosave_p95).toMatchObject({ kind: 'present', value: 800, samples: 100 });
  expect(metrics.restore_success_rate).toMatchObject({ kind: 'present', value: 0.995, samples: 200 });
  expect(metrics.merge_auto_success_rate).toMatchObject({ kind: 'present', value: 0.8, samples: 100 });
  expect(metrics.merge_conflict_rate).toMatchObject({ kind: 'present', value: 0.2 });
});

it('calculateWindowMetrics gives every metric of the policy, absent with a reason where nothing was heard [ANA-1]', () => {
  const metrics = calculateOver([]);
  expect(Object.keys(metrics)).toEqual(Object.keys(shipped.policy.metrics));
  for (const metric of Object.values(metrics))
    expect(metric).toMatchObject({ kind: 'absent', why: 'no_telemetry' });
});

it('weighs auto-merge by hunks, and counts diffs as its sample [TEL-4]', () => {
  const dims = { auto_accepted: true, precision: 'beta' };
  const sum = (field: string, value: number): WindowSeries => ({
    ...countRow(where, 'merge.diff.apply', dims, 2),
    field,
    sum: value,
    min: 0,
    max: value,
  });
  const metrics = calculateOver([
    countRow(where, 'merge.diff.apply', dims, 2),
    sum('hunk_count', 40),
    sum('accepted_hunks', 30),
  ]);
  expect(metrics.merge_auto_success_rate_by_hunks).toMatchObject({
    kind: 'present',
    value: 0.75,
    samples: 2,
  });
});

it('derives retry rate and retryable failures from what was retried [TEL-5]', () => {
  const metrics = calculateOver([
    countRow(where, 'autosave.save.completed', { retried: true }, 10),
    countRow(where, 'autosave.save.completed', { retried: false }, 80),
    countRow(where, 'autosave.lock.error', { code: 'lock-unavailable', retryable: true }, 6),
    countRow(where, 'autosave.lock.error', { code: 'lock-lost', retryable: false }, 4),
    countRow(where, 'autosave.save.error', { code: 'x', retryable: true }, 3),
  ]);
  expect(metrics.retry_rate).toMatchObject({ value: 0.16, samples: 100 });
  expect(metrics.retryable_failures).toMatchObject({ value: 9 });
  expect(metrics.autosave_error_count).toMatchObject({ value: 3 });
});
