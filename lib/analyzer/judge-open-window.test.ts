import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WindowSeries } from '#lib/telemetry/index.ts';
import { countRow, shipped, shippedWith, valueRow, windowsBefore } from '#scripts/test/window-series.ts';
import { evidenceAbove } from './confidence.ts';
import { judgeOpenWindow } from './judge-open-window.ts';
import { judgeWindow } from './judge-window.ts';

const END = new Date('2026-11-20T05:00:00Z'); // 14:00 in Tokyo; not a time at which daily objectives are due
const [OPEN = END] = windowsBefore(END, 1);
const at = (phase: string, rolloutId = 'autosave', start = OPEN) => ({ rolloutId, phase, at: start });

function judge(
  series: WindowSeries[],
  phase = 'A',
  rolloutId = 'autosave',
  loaded = shipped,
  windowEnd = END,
) {
  const { policy, catalogue, hash } = loaded;
  return judgeOpenWindow({ policy, catalogue, policyHash: hash, series, rolloutId, phase, windowEnd });
}
const proven = (...args: Parameters<typeof judge>) => judge(...args).breaches.map(({ metric }) => metric);

const saves = (phase: string, completed: number, errors: number, start = OPEN): WindowSeries[] => [
  countRow(at(phase, 'autosave', start), 'autosave.save.completed', { retried: false }, completed),
  ...(errors > 0
    ? [countRow(at(phase, 'autosave', start), 'autosave.save.error', { code: 'x' }, errors)]
    : []),
];
const latencies = (phase: string, fast: number, slow: number, limitMs: number): WindowSeries[] => [
  ...saves(phase, fast + slow, 0),
  valueRow(at(phase), 'autosave.save.completed', 'duration_ms', [
    ...Array<number>(fast).fill(500),
    ...Array<number>(slow).fill(limitMs + 1),
  ]),
];

describe('a failure rate while its window is open', () => {
  // 1 % allowed at confidence 0.999: the least number of errors that proves a breach, and one less.
  it.each([
    [20, 4],
    [100, 8],
    [1000, 29],
    [10_000, 155],
  ])('of %i saves is proven with %i errors and not with one less [TEL-8]', (of, errors) => {
    expect(proven(saves('A', of - errors, errors))).toEqual(['save_error_rate']);
    expect(proven(saves('A', of - errors + 1, errors - 1))).toEqual([]);
    // The closed window needs no proof: its plain value is past the limit in both cases.
    const { policy, catalogue, hash } = shipped;
    const closed = judgeWindow({
      policy,
      catalogue,
      policyHash: hash,
      series: saves('A', of - errors + 1, errors - 1),
      ...{ rolloutId: 'autosave', phase: 'A', windowEnd: END },
    });
    expect(closed.metrics.find(({ metric }) => metric === 'save_error_rate')?.verdict).toBe('violation');
  });

  it('asks for a step back, names its numbers and its bound', () => {
    expect(judge(saves('B', 80, 20), 'B')).toMatchObject({
      rolloutId: 'autosave',
      phase: 'B',
      windowStart: OPEN,
      windowEnd: END,
      rollbackRequired: true,
      breaches: [
        {
          metric: 'save_error_rate',
          verdict: 'violation',
          reason: 'past_limit',
          value: 0.2,
          limit: 0.005,
          samples: 100,
          detail: { proven: true, confidence: 0.999, numerator: 20, denominator: 100 },
        },
      ],
    });
  });

  it('is not proven below the samples of the objective, whatever they say', () => {
    expect(proven(saves('A', 0, 19))).toEqual([]);
    expect(proven(saves('A', 0, 20))).toEqual(['save_error_rate']);
  });

  it('is proven no sooner when more certainty is asked for', () => {
    const surer = shippedWith(['confidence: 0.999', 'confidence: 0.999999']);
    expect(proven(saves('A', 92, 8))).toEqual(['save_error_rate']);
    expect(proven(saves('A', 90, 10), 'A', 'autosave', surer)).toEqual([]);
    expect(proven(saves('A', 89, 11), 'A', 'autosave', surer)).toEqual(['save_error_rate']);
  });

  it('under a floor is proven from the other side', () => {
    const restores = (good: number, bad: number) => [
      countRow(at('A-1', 'autosave-merge'), 'autosave.restore.result', { success: true }, good),
      countRow(at('A-1', 'autosave-merge'), 'autosave.restore.result', { success: false }, bad),
    ];
    expect(proven(restores(16, 4), 'A-1', 'autosave-merge')).toEqual(['restore_success_rate']);
    expect(proven(restores(19, 1), 'A-1', 'autosave-merge')).toEqual([]);
  });
});

describe('a P95 while its window is open', () => {
  it.each([
    [20, 7],
    [100, 17],
    [1000, 85],
  ])('of %i saves is proven with %i slow ones and not with one less [TEL-8]', (of, slow) => {
    expect(proven(latencies('A', of - slow, slow, 2500))).toEqual(['autosave_p95']);
    expect(proven(latencies('A', of - slow + 1, slow - 1, 2500))).toEqual([]);
  });

  it('exactly at its limit is kept', () => {
    expect(proven(latencies('A', 0, 100, 2499))).toEqual([]);
    expect(proven(latencies('A', 0, 100, 2500))).toEqual(['autosave_p95']);
  });

  it('is not moved by one odd number, however large', () => {
    const odd = valueRow(at('A'), 'autosave.save.completed', 'duration_ms', [
      ...Array<number>(99).fill(500),
      1e15,
    ]);
    expect(proven([...saves('A', 100, 0), odd])).toEqual([]);
  });
});

describe('counts and maxima under a ceiling', () => {
  const drift = (count: number) => countRow(at('A'), 'autosave.history.drift', {}, count);

  it('are proven at once, once enough clients were heard [TEL-8]', () => {
    expect(proven([...saves('A', 19, 0), drift(1)])).toEqual(['history_drift']);
    expect(proven([...saves('A', 18, 0), drift(1)])).toEqual([]);
    expect(proven(saves('A', 1000, 0))).toEqual([]);
  });

  it('of Phasegate itself too, on both sides of the limit', () => {
    const late = (ms: number) => [
      ...saves('A', 20, 0),
      countRow(at('A'), 'collector.latency', {}, 1),
      valueRow(at('A'), 'collector.latency', 'duration_ms', [ms]),
    ];
    expect(proven(late(180_000))).toEqual([]);
    expect(proven(late(180_001))).toEqual(['collector_latency']);
  });
});

describe('the increase of a rate over its baseline', () => {
  const sessions = (phase: string, crashes: number, count = 10_000) => [
    countRow(at(phase, 'autosave-merge'), 'client.session', {}, count),
    ...(crashes > 0 ? [countRow(at(phase, 'autosave-merge'), 'client.crash', {}, crashes)] : []),
  ];
  const beta = (series: WindowSeries[]) => proven(series, 'A-2', 'autosave-merge');

  // 10 crashes of 10,000 sessions in A-0 and +5 % allowed: at confidence 0.999 the baseline may be up to 0.24 %.
  it.each([
    [[10, 10_000], 10_000, 56],
    [[10, 10_000], 1000, 14],
  ] as const)(
    'over %j is proven among %i sessions with %i crashes and not with one less, long after its plain value says so [TEL-8]',
    (baseline, of, crashes) => {
      const base = sessions('A-0', ...baseline);
      expect(beta([...base, ...sessions('A-2', crashes, of)])).toEqual(['crash_rate_delta']);
      expect(beta([...base, ...sessions('A-2', crashes - 1, of)])).toEqual([]);
      const { policy, catalogue, hash } = shipped;
      const closed = judgeWindow({
        policy,
        catalogue,
        policyHash: hash,
        series: [...base, ...sessions('A-2', 11, of)],
        ...{ rolloutId: 'autosave-merge', phase: 'A-2', windowEnd: END },
      });
      expect(closed.metrics.find(({ metric }) => metric === 'crash_rate_delta')?.verdict).toBe('violation');
    },
  );

  it('is not proven by a baseline too small to say much, nor without one [TEL-8]', () => {
    expect(beta([...sessions('A-0', 0, 100), ...sessions('A-2', 20, 1000)])).toEqual([]);
    expect(beta([...sessions('A-0', 0, 99), ...sessions('A-2', 900, 1000)])).toEqual([]);
    expect(beta(sessions('A-2', 5000))).toEqual([]);
  });

  it('is no proof where more crashes than sessions were counted: that is no rate', () => {
    expect(beta([...sessions('A-0', 200, 100), ...sessions('A-2', 5000)])).toEqual([]);
    expect(beta([...sessions('A-0', 10), ...sessions('A-2', 900, 100)])).toEqual([]);
  });
});

describe('what a closed window alone can tell', () => {
  it('a daily average is not judged between its days', () => {
    const { breaches } = judge(
      [countRow(at('B-1', 'autosave-merge'), 'merge.diff.apply', { auto_accepted: false }, 10_000)],
      'B-1',
      'autosave-merge',
    );
    expect(breaches).toEqual([]);
  });

  it('a shadow objective decides nothing here either', () => {
    const slow = Array<number>(1000).fill(9999);
    const rows = [
      countRow(at('A-2', 'autosave-merge'), 'autosave.save.completed', { retried: false }, 1000),
      valueRow(at('A-2', 'autosave-merge'), 'autosave.save.completed', 'duration_ms', slow),
    ];
    expect(proven(rows, 'A-2', 'autosave-merge')).toEqual([]);
    expect(
      proven(
        rows.map((row) => ({ ...row, phase: 'A-1' })),
        'A-1',
        'autosave-merge',
      ),
    ).toEqual(['autosave_p95']);
  });

  it('tagged events prove nothing [TEL-11]', () => {
    const excluded = saves('A', 0, 100).map((row) => ({ ...row, tagSet: 'dry_run' }));
    expect(proven(excluded)).toEqual([]);
  });
});

describe('violation rules that need more than one window', () => {
  const twice = shippedWith([
    '{ metric: save_error_rate, max: 0.01, window: 15m }',
    '{ metric: save_error_rate, max: 0.01, window: 15m, violation: { consecutive: 2 } }',
  ]);
  const before = windowsBefore(END, 2)[0] ?? END;

  it('are met by the open window and the closed ones before it, and by no less', () => {
    const bad = saves('A', 50, 50);
    expect(proven(bad, 'A', 'autosave', twice)).toEqual([]);
    expect(proven([...bad, ...saves('A', 100, 0, before)], 'A', 'autosave', twice)).toEqual([]);
    expect(proven([...bad, ...saves('A', 98, 2, before)], 'A', 'autosave', twice)).toEqual([
      'save_error_rate',
    ]);
  });

  it('count times per day and only warn where policy says so', () => {
    const slow = (start: Date) =>
      latencies('A-0', 0, 100, 2500).map((row) => ({
        ...row,
        rolloutId: 'autosave-merge',
        windowStart: start.toISOString(),
      }));
    const windows = windowsBefore(END, 3);
    const of = (n: number) => judge(windows.slice(-n).flatMap(slow), 'A-0', 'autosave-merge');
    expect(of(2).breaches).toEqual([]);
    expect(of(3)).toMatchObject({ breaches: [{ metric: 'autosave_p95' }], rollbackRequired: false });
  });

  it('wait for as long as the objective has to be unmet', () => {
    const restores = (n: number) =>
      windowsBefore(END, n).map((start) =>
        countRow(at('B-1', 'autosave-merge', start), 'autosave.restore.result', { success: false }, 30),
      );
    expect(proven(restores(96), 'B-1', 'autosave-merge')).toEqual([]);
    expect(proven(restores(97), 'B-1', 'autosave-merge')).toEqual(['restore_success_rate']);
  });
});

describe('looking again and again', () => {
  it('at a feature that keeps its limit proves a breach no more often than the confidence says [TEL-8]', () => {
    // 400 windows of 1,000 saves that fail as often as is just allowed, looked at after every save.
    let state = 12_345;
    const random = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    let wrong = 0;
    for (let run = 0; run < 400; run++) {
      let errors = 0;
      for (let of = 1; of <= 1000; of++) {
        if (random() >= 0.01) continue;
        errors++; // only an error can prove anything
        if (of >= 20 && evidenceAbove(errors, of, 0.01) >= 20) {
          wrong++;
          break;
        }
      }
    }
    expect(wrong / 400).toBeLessThan(0.05); // of windows, at confidence 0.95
    expect(wrong).toBeGreaterThan(0);
  });

  it('more errors among as many saves never prove less, and no more than allowed proves nothing', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        (of, share, ratio) => {
          const errors = Math.floor(share * (of - 1));
          expect(evidenceAbove(Math.floor(of * ratio), of, ratio)).toBeLessThanOrEqual(1 + 1e-6);
          // Below 1 nothing speaks for a breach, and numbers grow too small to be exact.
          const speaking = (bad: number) => Math.max(1, evidenceAbove(bad, of, ratio));
          expect(speaking(errors + 1)).toBeGreaterThanOrEqual(speaking(errors) * (1 - 1e-6));
        },
      ),
    );
  });
});
