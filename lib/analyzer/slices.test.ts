import { describe, expect, it } from 'vitest';
import type { WindowSeries } from '#lib/telemetry/index.ts';
import { countRow, shipped, shippedWith, valueRow } from '#scripts/test/window-series.ts';
import { judgeWindow } from './judge-window.ts';
import { createSlicer, type Slice, shareOf } from './slices.ts';

const END = new Date('2026-11-20T05:00:00Z');
const AT = new Date(END.getTime() - 900_000);

function slicesOf(
  rolloutId: string,
  phase: string,
  series: readonly WindowSeries[],
  loaded = shipped,
): Slice[] {
  const { policy, catalogue, hash } = loaded;
  const verdict = judgeWindow({
    policy,
    catalogue,
    policyHash: hash,
    series,
    rolloutId,
    phase,
    windowEnd: END,
  });
  return createSlicer({ policy, catalogue, series })(verdict);
}

const exposure = { rolloutId: 'autosave', phase: 'A', at: AT };
const of = (slices: readonly Slice[], metric: string) => slices.find((slice) => slice.metric === metric);

describe('slices of a window', () => {
  it('count the bad events of a rate where lower is better: the numerator [DASH-4]', () => {
    const slices = slicesOf('autosave', 'A', [
      countRow(exposure, 'autosave.save.completed', {}, 990),
      countRow(exposure, 'autosave.save.error', { retryable: true }, 10),
    ]);
    expect(of(slices, 'save_error_rate')).toEqual({
      phase: 'A',
      metric: 'save_error_rate',
      windowStart: AT.toISOString(),
      basis: 'events',
      goodCount: 990,
      badCount: 10,
      targetRatio: 0.99,
      policyHash: shipped.hash,
    });
  });

  it('count the good events of a rate where higher is better: the numerator [DASH-4]', () => {
    const where = { rolloutId: 'autosave-merge', phase: 'A-1', at: AT };
    const slices = slicesOf('autosave-merge', 'A-1', [
      countRow(where, 'autosave.restore.result', { success: true }, 300),
      countRow(where, 'autosave.restore.result', { success: false }, 7),
    ]);
    expect(of(slices, 'restore_success_rate')).toMatchObject({
      basis: 'events',
      goodCount: 300,
      badCount: 7,
      targetRatio: 0.995,
    });
  });

  it('count only this window, however far the objective looks back [DASH-4]', () => {
    const where = { rolloutId: 'autosave-merge', phase: 'A-1', at: AT };
    const before = { ...where, at: new Date(AT.getTime() - 900_000) };
    const slices = slicesOf('autosave-merge', 'A-1', [
      countRow(where, 'autosave.restore.result', { success: true }, 30),
      countRow(before, 'autosave.restore.result', { success: false }, 500),
    ]);
    expect(of(slices, 'restore_success_rate')).toMatchObject({ goodCount: 30, badCount: 0 });
  });

  it('count the summed field of a weighted rate [DASH-4]', () => {
    const loaded = shippedWith([
      '- { metric: merge_auto_success_rate, min: 0.80, window: 15m }\n          - { metric: critical',
      '- { metric: merge_auto_success_rate_by_hunks, min: 0.80, window: 15m }\n          - { metric: critical',
    ]);
    const where = { rolloutId: 'autosave-merge', phase: 'B-0', at: AT };
    const slices = slicesOf(
      'autosave-merge',
      'B-0',
      [
        countRow(where, 'merge.diff.apply', { auto_accepted: true }, 2),
        valueRow(where, 'merge.diff.apply', 'accepted_hunks', [9, 8]),
        valueRow(where, 'merge.diff.apply', 'hunk_count', [10, 10]),
      ],
      loaded,
    );
    expect(of(slices, 'merge_auto_success_rate_by_hunks')).toMatchObject({
      basis: 'events',
      goodCount: 17,
      badCount: 3,
      targetRatio: 0.8,
    });
  });

  it('count the values strictly past the limit of a P95, exactly [DASH-4]', () => {
    const values = [...Array<number>(93).fill(2500), 2500.01, 2501, 9000];
    const series = [valueRow(exposure, 'autosave.save.completed', 'duration_ms', values)];
    expect(of(slicesOf('autosave', 'A', series), 'autosave_p95')).toMatchObject({
      basis: 'events',
      goodCount: 93,
      badCount: 3,
      targetRatio: 0.95,
    });
  });

  it('count a P95 by the histogram where the limit was not known when the window was counted', () => {
    const values = [...Array<number>(90).fill(1000), ...Array<number>(10).fill(5000)];
    const series = [valueRow(exposure, 'autosave.save.completed', 'duration_ms', values, [])];
    expect(of(slicesOf('autosave', 'A', series), 'autosave_p95')).toMatchObject({
      goodCount: 90,
      badCount: 10,
    });
  });

  it('count the window itself for everything else, by whether the verdict met it [DASH-4]', () => {
    const heard = countRow(exposure, 'autosave.save.completed', {}, 100);
    const latency = (ms: number) => valueRow(exposure, 'collector.latency', 'duration_ms', [ms]);
    const drift = countRow(exposure, 'autosave.history.drift', {}, 1);
    const counted = (series: WindowSeries[], metric: string) => {
      const slice = of(slicesOf('autosave', 'A', series), metric);
      return slice && [slice.basis, slice.goodCount, slice.badCount, slice.targetRatio];
    };
    expect(counted([heard, latency(180_000)], 'collector_latency')).toEqual(['windows', 1, 0, 0.99]);
    expect(counted([heard, latency(180_001)], 'collector_latency')).toEqual(['windows', 0, 1, 0.99]);
    expect(counted([heard], 'collector_latency')).toEqual(['windows', 0, 0, 0.99]);
    expect(counted([heard], 'history_drift')).toEqual(['windows', 1, 0, 0.99]);
    expect(counted([heard, drift], 'history_drift')).toEqual(['windows', 0, 1, 0.99]);
  });

  it('count nothing that does not count towards verdicts [TEL-11]', () => {
    const slices = slicesOf('autosave', 'A', [
      countRow(exposure, 'autosave.save.completed', {}, 100),
      countRow(exposure, 'autosave.save.error', { retryable: true }, 50, 'dry_run'),
    ]);
    expect(of(slices, 'save_error_rate')).toMatchObject({ goodCount: 100, badCount: 0 });
  });

  it('have both counts 0 where nothing was heard, and none for what only is watched [DASH-4]', () => {
    expect(
      slicesOf('autosave', 'A', []).map((slice) => [slice.metric, slice.goodCount, slice.badCount]),
    ).toEqual([
      ['autosave_p95', 0, 0],
      ['save_error_rate', 0, 0],
      ['history_drift', 0, 0],
      ['collector_latency', 0, 0],
    ]);
    // Two of the four objectives of A-2 are shadows.
    expect(slicesOf('autosave-merge', 'A-2', []).map(({ metric }) => metric)).toEqual([
      'restore_success_rate',
      'crash_rate_delta',
    ]);
  });

  it('never have more bad than there was', () => {
    const loaded = shippedWith([
      '- { metric: crash_rate_delta, max: 0.05, window: 24h, minSamples: 100 }\n          - { metric: autosave_p95',
      '- { metric: crash_rate, max: 0.05, window: 24h, minSamples: 100 }\n          - { metric: autosave_p95',
    ]);
    const where = { rolloutId: 'autosave-merge', phase: 'A-2', at: AT };
    const series = [countRow(where, 'client.crash', {}, 9), countRow(where, 'client.session', {}, 4)];
    expect(of(slicesOf('autosave-merge', 'A-2', series, loaded), 'crash_rate')).toMatchObject({
      goodCount: 0,
      badCount: 4,
      targetRatio: 0.95,
    });
  });
});

describe('the share of an objective', () => {
  const metricOf = (id: string) => {
    const metric = shipped.policy.metrics[id];
    if (!metric) throw new RangeError(id);
    return metric;
  };
  it.each([
    ['save_error_rate', { kind: 'max', value: 0.003 }, 'events', 0.997],
    ['save_error_rate', { kind: 'max', value: 0 }, 'events', 1],
    ['restore_success_rate', { kind: 'above', value: 0.995 }, 'events', 0.995],
    ['autosave_p95', { kind: 'max', value: 1800 }, 'events', 0.95],
    ['autosave_p95', { kind: 'min', value: 1800 }, 'windows', 0.99],
    ['collector_latency', { kind: 'max', value: 1 }, 'windows', 0.99],
    ['crash_rate_delta', { kind: 'max', value: 0.05 }, 'windows', 0.99],
    ['merge_auto_success_rate_2d', { kind: 'min', value: 0.8 }, 'windows', 0.99],
    ['critical_bugs_per_day', { kind: 'max', value: 3 }, 'windows', 0.99],
  ] as const)('%s %o: %s, %s [DASH-4]', (metric, limit, basis, targetRatio) => {
    expect(shareOf(shipped.policy, metricOf(metric), limit)).toEqual({ basis, targetRatio });
  });
});
