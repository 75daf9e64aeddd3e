import { describe, expect, it } from 'vitest';
import { calculateWindowMetrics } from '#lib/analyzer/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { counted, type Fields, from, MERGED, RESTORED, SAVED, times } from '#scripts/test/mission.ts';

// Seed 001 §7 item 1; lib/analyzer/calculate-window-metrics.test.ts goes deeper.
const END = new Date('2026-11-21T10:15:00.000Z');

async function metrics(phase: string, events: (Fields & { ts: string })[], windowSeconds?: number) {
  const { policy, catalogue } = await loadPolicy();
  const { series, quarantine } = await counted(events, new Date(END.getTime() + 60_000));
  expect(quarantine).toEqual([]);
  return calculateWindowMetrics({
    policy,
    catalogue,
    series,
    rolloutId: 'autosave-merge',
    phase,
    windowEnd: END,
    ...(windowSeconds === undefined ? {} : { windowSeconds }),
  });
}

describe('calculateWindowMetrics(window=15m) [PLAN-6]', () => {
  it('counts the first millisecond of a window and not the first of the next [ANA-1]', async () => {
    const at = (ts: string, duration: number) => ({ ...SAVED, ts, duration_ms: duration });
    const { autosave_p95: p95 } = await metrics('A-1', [
      at('2026-11-21T09:59:59.999Z', 90_000),
      at('2026-11-21T10:00:00.000Z', 1000),
      at('2026-11-21T10:14:59.999Z', 1000),
      at('2026-11-21T10:15:00.000Z', 90_000),
    ]);
    expect(p95).toMatchObject({ kind: 'present', samples: 2 });
    expect(p95?.kind === 'present' && Math.abs(p95.value / 1000 - 1)).toBeLessThan(0.011);
  });

  it.each([
    [95, 1000],
    [94, 3000],
  ])('takes the P95 of %i fast saves in 100 within 1.1 % [ANA-3]', async (fast, expected) => {
    const saves = [
      ...times(fast, { ...SAVED, duration_ms: 1000 }),
      ...times(100 - fast, { ...SAVED, duration_ms: 3000 }),
    ];
    const { autosave_p95: p95 } = await metrics('A-1', from('2026-11-21T10:00:00Z', saves));
    expect(p95?.kind === 'present' && Math.abs(p95.value / expected - 1)).toBeLessThan(0.011);
  });

  it('normalises restores and merges to shares of all [ANA-1] [TEL-3] [TEL-4]', async () => {
    const restores = [...times(199, RESTORED), { ...RESTORED, success: false }];
    expect((await metrics('A-2', from('2026-11-21T10:00:00Z', restores))).restore_success_rate).toMatchObject(
      { value: 0.995, samples: 200 },
    );
    const merges = [...times(4, MERGED), { ...MERGED, auto_accepted: false }];
    expect(
      (await metrics('B-0', from('2026-11-21T10:00:00Z', merges))).merge_auto_success_rate,
    ).toMatchObject({ value: 0.8, samples: 5 });
  });

  it('is absent, never 0, without telemetry [ANA-1]', async () => {
    const { restore_success_rate: rate } = await metrics(
      'A-2',
      from('2026-11-21T09:50:00Z', times(3, RESTORED)),
    );
    expect(rate?.kind).not.toBe('present');
  });

  it('sees further back through a longer window [ANA-2]', async () => {
    const long = await metrics('A-1', from('2026-11-21T08:30:00Z', times(3, SAVED)), 7200);
    expect(long.autosave_p95).toMatchObject({ kind: 'present', samples: 3 });
  });
});
