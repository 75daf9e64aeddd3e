import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Metric, Objective, Phase } from '#lib/policy/index.ts';
import { findPhase, previousPhase } from '#lib/policy/index.ts';
import type { WindowSeries } from '#lib/telemetry/index.ts';
import {
  countRow,
  shipped,
  shippedWith,
  valueRow,
  type Where,
  windowsBefore,
} from '#scripts/test/window-series.ts';
import { judgeWindow, worstVerdict } from './judge-window.ts';
import { isCeiling, warningLine } from './limit.ts';
import { lookBack } from './look-back.ts';
import { PhaseVerdictSchema, VERDICTS } from './verdict.schema.ts';

const { policy, catalogue, hash } = shipped;
const END = new Date('2026-11-20T05:00:00Z'); // 14:00 in Tokyo
const EVENTS_PER_WINDOW = 10_000;
const BASELINE = { sessions: 20_000, crashes: 200 };

function metricOf(id: string): Metric {
  const metric = policy.metrics[id];
  if (!metric) throw new RangeError(id);
  return metric;
}

/** Rows of one window in which the objective's metric has exactly `units` (ms, events of 10,000, events of a day). */
function rowsFor(metric: Metric, units: number, where: Where): WindowSeries[] {
  switch (metric.aggregation) {
    case 'p95':
    case 'max':
      return [
        valueRow(
          where,
          metric.of.event,
          metric.field,
          Array.from({ length: 40 }, () => units),
        ),
      ];
    case 'count': {
      const [selector] = metric.of;
      const tokyoMidnight = (where.at.getTime() + 9 * 3_600_000) % 86_400_000 === 0;
      const heard = countRow(where, 'autosave.restore.result', { success: true }, 50);
      const counts = metric.of.length === 1 && selector && units > 0 && (tokyoMidnight || units === 1);
      return counts ? [heard, countRow(where, selector.event, flat(selector.where), units)] : [heard];
    }
    case 'rate':
      return rateRows(metric, units, EVENTS_PER_WINDOW, where);
    case 'delta_vs_baseline': {
      const rate = metricOf(metric.of);
      return rate.aggregation === 'rate' ? rateRows(rate, units, BASELINE.sessions, where) : [];
    }
    case 'moving_average':
      return rowsFor(metricOf(metric.of), units, where);
  }
}

const flat = (where: Record<string, unknown>) => where as Record<string, string | boolean>;

function rateRows(metric: Extract<Metric, { aggregation: 'rate' }>, hits: number, of: number, where: Where) {
  const [numerator] = metric.numerator;
  if (!numerator) return [];
  const counted = metric.denominator.find((selector) => selector.event === numerator.event);
  const other = metric.denominator.find((selector) => selector.event !== numerator.event);
  const inverted = Object.fromEntries(Object.entries(flat(numerator.where)).map(([k, v]) => [k, !v]));
  return [
    countRow(where, numerator.event, flat(numerator.where), hits),
    countRow(where, (other ?? numerator).event, other ? {} : inverted, counted ? of - hits : of),
  ];
}

/** The limit and the warning line in the units of {@link rowsFor}, and the smallest step. */
function scaleOf(objective: Objective): { limit: number; warn: number | null; step: number } {
  const metric = metricOf(objective.metric);
  const warn = warningLine(objective.limit, metric.unit, policy.judging);
  const toUnits = (value: number) => {
    if (metric.unit !== 'ratio') return value;
    return Math.round(
      metric.aggregation === 'delta_vs_baseline' ? BASELINE.crashes * (1 + value) : value * EVENTS_PER_WINDOW,
    );
  };
  return {
    limit: toUnits(objective.limit.value),
    warn: warn === null ? null : metric.unit === 'count' ? Math.floor(warn) : toUnits(warn),
    step: metric.aggregation === 'p95' ? 0.001 : 1,
  };
}

/** All windows that judging reads, `tested` at `units`, the other deciding objectives comfortably inside. */
function telemetry(rolloutId: string, phase: Phase, tested: Objective, units: number): WindowSeries[] {
  const windows = Math.ceil(lookBack(policy, rolloutId, phase.id).phaseMs / 900_000);
  const sameEvents = new Set(eventsOf(tested));
  const others = phase.objectives.filter(
    (o) => o !== tested && !tested.shadow && !o.shadow && !eventsOf(o).some((event) => sameEvents.has(event)),
  );
  const baseline = { rolloutId, phase: 'A-0', at: new Date(END.getTime() - 20 * 86_400_000) };
  return [
    countRow(baseline, 'client.session', {}, BASELINE.sessions),
    countRow(baseline, 'client.crash', {}, BASELINE.crashes),
    ...windowsBefore(END, windows).flatMap((at) => [
      ...rowsFor(metricOf(tested.metric), units, { rolloutId, phase: phase.id, at }),
      ...others.flatMap((o) => {
        const { limit, warn } = scaleOf(o);
        const half = metricOf(o.metric).unit === 'count' ? 0 : Math.floor((warn ?? limit) / 2);
        const inside = isCeiling(o.limit) ? half : EVENTS_PER_WINDOW;
        return rowsFor(metricOf(o.metric), inside, { rolloutId, phase: phase.id, at });
      }),
    ]),
  ];
}

function eventsOf(objective: Objective): string[] {
  const metric = metricOf(objective.metric);
  if (metric.aggregation === 'moving_average') return ['merge.diff.apply#'];
  if (metric.aggregation === 'rate') return metric.denominator.map((s) => `${s.event}#`);
  if (metric.aggregation === 'p95' || metric.aggregation === 'max')
    return [`${metric.of.event}.${metric.field}`];
  return [objective.metric];
}

const judgeAt = (rolloutId: string, phase: string, series: WindowSeries[], windowEnd = END) =>
  judgeWindow({ policy, catalogue, policyHash: hash, rolloutId, phase, windowEnd, series });

const everyObjective = Object.entries(policy.rollouts).flatMap(([rolloutId, rollout]) =>
  rollout.phases.flatMap((phase) => phase.objectives.map((objective) => ({ rolloutId, phase, objective }))),
);

describe.each(
  everyObjective.map(({ rolloutId, phase, objective }) => ({
    name: `${rolloutId} ${phase.id} ${objective.metric} ${objective.limit.kind} ${objective.limit.value}`,
    rolloutId,
    phase,
    objective,
  })),
)('$name', ({ rolloutId, phase, objective }) => {
  const { limit, warn, step } = scaleOf(objective);
  const worse = isCeiling(objective.limit) ? step : -step;
  const strict = objective.limit.kind === 'below' || objective.limit.kind === 'above';
  const lastGood = strict ? limit - worse : limit;
  const verdictAt = (units: number) => {
    const verdict = judgeAt(rolloutId, phase.id, telemetry(rolloutId, phase, objective, units));
    const metric = verdict.metrics.find((m) => m.metric === objective.metric);
    return { verdict, metric };
  };

  it('is kept by the last value that the limit allows [ANA-4] [PHA-2]', () => {
    const { verdict, metric } = verdictAt(lastGood);
    expect(metric).toMatchObject({ met: true, verdict: warn === null ? 'pass' : 'warn' });
    expect(verdict.breach).toBe(false);
    expect(verdict.rollback_required).toBe(false);
  });

  it('is broken by the first value past the limit [ANA-4] [PHA-2]', () => {
    const { verdict, metric } = verdictAt(lastGood + worse);
    expect(metric).toMatchObject({ met: false, verdict: 'violation', reason: 'past_limit' });
    expect(metric?.value).not.toBeNull();
    if (objective.shadow) {
      expect(metric?.shadow).toBe(true);
      expect(verdict).toMatchObject({ breach: false, rollback_required: false, notify_level: 'none' });
      return;
    }
    const rollsBack = objective.onViolation === 'roll_back';
    expect(verdict).toMatchObject({
      verdict: 'violation',
      breach: true,
      slo_met: false,
      rollback_required: rollsBack,
      rollbackTo: rollsBack ? (previousPhase(policy, rolloutId, phase.id)?.id ?? null) : null,
      notify_level: rollsBack ? 'critical' : 'warning',
    });
  });

  if (warn !== null)
    it('warns past the warning line and not before [ANA-4]', () => {
      const line = warn;
      expect(verdictAt(line).metric).toMatchObject({ verdict: 'pass', reason: 'within_limit' });
      expect(verdictAt(line + worse).metric).toMatchObject({
        verdict: 'warn',
        reason: 'near_limit',
        met: true,
      });
    });

  it('says insufficient data and never pass without telemetry [ANA-4] [TEL-6]', () => {
    const verdict = judgeAt(rolloutId, phase.id, []);
    expect(PhaseVerdictSchema.parse(verdict)).toMatchObject({
      verdict: 'insufficient_data',
      slo_met: null,
      breach: false,
      rollback_required: false,
    });
    for (const metric of verdict.metrics)
      expect(metric).toMatchObject({ verdict: 'insufficient_data', value: null, met: null, samples: 0 });
  });
});

describe('a verdict', () => {
  const where = (phase: string, at: Date): Where => ({ rolloutId: 'autosave', phase, at });
  const [last = END] = windowsBefore(END, 1);
  const good = (at = last): WindowSeries[] => [
    valueRow(
      where('A', at),
      'autosave.save.completed',
      'duration_ms',
      Array.from({ length: 100 }, () => 500),
    ),
    countRow(where('A', at), 'autosave.save.completed', {}, 1000),
    valueRow(where('A', at), 'collector.latency', 'duration_ms', [1000]),
  ];

  it('covers every metric the mission names, judged or watched [ANA-1]', () => {
    const named = ['A-0', 'A-1', 'A-2', 'B-0', 'B-1'].flatMap((phase) =>
      judgeAt('autosave-merge', phase, []).metrics.map((metric) => metric.metric),
    );
    const missionMetrics = [
      'autosave_p95 save_error_rate restore_success_rate history_drift collector_latency crash_rate_delta',
      'merge_auto_success_rate merge_conflict_rate critical_bugs_per_day autosave_incident_rate retry_rate',
      'retryable_failures autosave_error_count',
    ].flatMap((line) => line.split(' '));
    expect(new Set(named)).toEqual(new Set([...named, ...missionMetrics]));
  });

  it('lists what is judged first, then what is only watched and never decides [ANA-5]', () => {
    const verdict = judgeAt('autosave', 'A', good());
    expect(verdict.metrics.slice(0, 4).map((m) => m.metric)).toEqual(
      findPhase(policy, 'autosave', 'A')?.objectives.map((o) => o.metric),
    );
    const watched = verdict.metrics.slice(4);
    expect(watched.length).toBeGreaterThan(0);
    for (const metric of watched) expect(metric).toMatchObject({ limit: null, met: null });
    expect(watched.some((metric) => metric.verdict === 'insufficient_data')).toBe(true);
    expect(verdict.verdict).toBe('pass');
    expect(verdict.slo_met).toBe(true);
  });

  it('takes no drift as 0 only where clients were heard in the window [TEL-6]', () => {
    const drift = (series: WindowSeries[]) =>
      judgeAt('autosave', 'A', series).metrics.find((m) => m.metric === 'history_drift');
    expect(drift(good())).toMatchObject({ value: 0, verdict: 'pass' });
    const own = [valueRow(where('A', last), 'collector.latency', 'duration_ms', [1000])];
    const internal = [...own, countRow(where('A', last), 'collector.latency', {}, 1)];
    expect(drift(internal)).toMatchObject({ value: null, reason: 'no_telemetry' });
    expect(drift([...good(), countRow(where('A', last), 'autosave.history.drift', {}, 1)])).toMatchObject({
      value: 1,
      verdict: 'violation',
    });
  });

  it('does not count what policy excludes from verdicts [TEL-11]', () => {
    const excluded = countRow(where('A', last), 'autosave.save.error', { code: 'x' }, 900, 'observed_only');
    expect(judgeAt('autosave', 'A', [...good(), excluded])).toEqual(judgeAt('autosave', 'A', good()));
    expect(judgeAt('autosave', 'A', [excluded]).verdict).toBe('insufficient_data');
  });

  it('is insufficient data one sample short of the minimum and judged at it [PHA-4]', () => {
    const latencies = (count: number) =>
      judgeAt('autosave', 'A', [
        valueRow(where('A', last), 'autosave.save.completed', 'duration_ms', Array(count).fill(9000)),
      ]).metrics[0];
    expect(latencies(19)).toMatchObject({
      verdict: 'insufficient_data',
      reason: 'too_few_samples',
      samples: 19,
    });
    expect(latencies(20)).toMatchObject({ verdict: 'violation', samples: 20 });
  });

  it('looks at half-open windows: the one that starts at the end is not in it [ANA-2]', () => {
    const after = valueRow(where('A', END), 'autosave.save.completed', 'duration_ms', Array(500).fill(9000));
    expect(judgeAt('autosave', 'A', [...good(), after]).verdict).toBe('pass');
  });

  it('counts retryable failures of its own window [ANA-5]', () => {
    const failures = countRow(where('A', last), 'autosave.lock.error', { code: 'c', retryable: true }, 7);
    const older = windowsBefore(END, 2).slice(0, 1);
    const before = older.map((at) =>
      countRow(where('A', at), 'autosave.lock.error', { code: 'c', retryable: true }, 5),
    );
    expect(judgeAt('autosave', 'A', [...good(), failures, ...before]).retryable_failures).toBe(7);
  });

  it('refuses a phase that the policy does not have', () => {
    expect(() => judgeAt('autosave', 'A-0', [])).toThrow(RangeError);
  });

  it('is the worst of its parts, and nothing judged is not a pass', () => {
    expect(worstVerdict(['pass', 'warn', 'pass'])).toBe('warn');
    expect(worstVerdict(['warn', 'insufficient_data'])).toBe('insufficient_data');
    expect(worstVerdict(['insufficient_data', 'violation'])).toBe('violation');
    expect(worstVerdict([])).toBe('insufficient_data');
  });

  it('does not depend on the order or the split of what was counted [COL-2]', () => {
    const rows = windowsBefore(END, 8).flatMap((at, i) => [
      ...good(at),
      countRow(where('A', at), 'autosave.save.error', { code: 'x', retryable: i % 2 === 0 }, i),
      valueRow(where('A', at), 'autosave.save.completed', 'duration_ms', [100 * i + 1, 2499, 2501]),
    ]);
    const whole = judgeAt('autosave', 'A', rows);
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
        expect(judgeAt('autosave', 'A', shuffled)).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  it('never gets better when more of the same events are bad [ANA-4]', () => {
    const withBad = (errors: number, slow: number, drift: number) =>
      judgeAt('autosave', 'A', [
        countRow(where('A', last), 'autosave.save.completed', {}, 1000 - errors),
        countRow(where('A', last), 'autosave.save.error', { code: 'x' }, errors),
        valueRow(where('A', last), 'autosave.save.completed', 'duration_ms', [
          ...Array<number>(100 - slow).fill(300),
          ...Array<number>(slow).fill(4000),
        ]),
        valueRow(where('A', last), 'collector.latency', 'duration_ms', [1000]),
        countRow(where('A', last), 'autosave.history.drift', {}, drift),
      ]);
    const amount = (max: number) => fc.tuple(fc.nat({ max }), fc.nat({ max }));
    fc.assert(
      fc.property(amount(30), amount(12), amount(2), (errors, slow, drift) => {
        const ordered = [errors, slow, drift].map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
        const [e, s, d] = ordered as [
          readonly [number, number],
          readonly [number, number],
          readonly [number, number],
        ];
        const rank = (verdict: { verdict: (typeof VERDICTS)[number] }) => VERDICTS.indexOf(verdict.verdict);
        expect(rank(withBad(e[1], s[1], d[1]))).toBeGreaterThanOrEqual(rank(withBad(e[0], s[0], d[0])));
      }),
    );
  });
});

describe('violation rules', () => {
  const slow = (phase: string, at: Date, ms = 2600) =>
    valueRow(
      { rolloutId: 'autosave-merge', phase, at },
      'autosave.save.completed',
      'duration_ms',
      Array(40).fill(ms),
    );

  it('A-0 warns at the third evaluation past the limit in a Tokyo day, and asks for no rollback [PHA-1]', () => {
    // 15:00Z is midnight in Tokyo; each slow window is slow on its own in the 2 h behind it.
    const midnight = new Date('2026-11-19T15:00:00Z');
    const at = (windows: number) => new Date(midnight.getTime() + windows * 900_000);
    const series = [slow('A-0', at(-1)), slow('A-0', at(0), 2600)];
    const p95 = (end: Date) => judgeAt('autosave-merge', 'A-0', series, end).metrics[0];
    expect(p95(at(0))?.verdict).toBe('warn'); // yesterday's first
    expect(p95(at(1))).toMatchObject({
      verdict: 'warn',
      reason: 'past_limit_not_yet',
      detail: { times: 1, of: 3 },
    });
    expect(p95(at(2))).toMatchObject({ verdict: 'warn', detail: { times: 2, of: 3 } });
    expect(p95(at(3))).toMatchObject({ verdict: 'violation', detail: { times: 3, of: 3 } });
    expect(judgeAt('autosave-merge', 'A-0', series, at(3))).toMatchObject({
      breach: true,
      rollback_required: false,
      rollbackTo: null,
      notify_level: 'warning',
    });
  });

  it('B-1 rolls back an SLO that stays unmet for 24 h, not a window sooner [PHA-5]', () => {
    const series = windowsBefore(END, 97 + 8)
      .slice(8)
      .map((at) => slow('B-1', at));
    const p95At = (end: Date, rows = series) =>
      judgeAt('autosave-merge', 'B-1', rows, end).metrics.find((m) => m.metric === 'autosave_p95');
    expect(p95At(new Date(END.getTime() - 900_000))).toMatchObject({
      verdict: 'warn',
      reason: 'past_limit_not_yet',
      met: false,
      detail: { unmet_seconds: 86_400 - 900, of_seconds: 86_400 },
    });
    expect(p95At(END)).toMatchObject({ verdict: 'violation', detail: { unmet_seconds: 86_400 } });
    expect(judgeAt('autosave-merge', 'B-1', series)).toMatchObject({
      rollback_required: true,
      rollbackTo: 'B-0',
    });
    // One met evaluation in between starts the count again.
    const healed = windowsBefore(END, 97).map((at, i) => slow('B-1', at, i >= 40 && i < 60 ? 100 : 2600));
    expect(p95At(END, healed)?.verdict).toBe('warn');
  });

  it('an earlier stay in the phase does not count against the present one [PHA-5]', () => {
    const series = windowsBefore(END, 110).map((at) => slow('B-1', at));
    const since = new Date(END.getTime() - 3 * 3_600_000);
    const verdict = judgeWindow({
      policy,
      catalogue,
      policyHash: hash,
      rolloutId: 'autosave-merge',
      phase: 'B-1',
      windowEnd: END,
      since,
      series,
    });
    expect(verdict.metrics.find((m) => m.metric === 'autosave_p95')).toMatchObject({
      verdict: 'warn',
      detail: { unmet_seconds: 3 * 3600 - 900 },
    });
  });

  it('telemetry of an earlier stay is not measured in the present one [PHA-4]', () => {
    const [first = END] = windowsBefore(END, 3);
    const judged = (since: Date | undefined) =>
      judgeWindow({
        policy,
        catalogue,
        policyHash: hash,
        rolloutId: 'autosave',
        phase: 'A',
        windowEnd: END,
        since,
        series: [
          countRow({ rolloutId: 'autosave', phase: 'A', at: first }, 'autosave.history.drift', {}, 2),
          countRow({ rolloutId: 'autosave', phase: 'A', at: first }, 'autosave.save.completed', {}, 9),
        ],
      }).metrics.find((m) => m.metric === 'history_drift');
    expect(judged(undefined)).toMatchObject({ value: 2, verdict: 'violation', samples: 11 });
    expect(judged(new Date(first.getTime() + 900_000))).toMatchObject({
      value: null,
      reason: 'no_telemetry',
    });
    // Entered in the middle of a window: that window is shared, and counts.
    expect(judged(new Date(first.getTime() + 60_000))).toMatchObject({ value: 2 });
  });

  it('consecutive: windows without enough data neither count nor break, a met one starts again [ANA-2]', () => {
    const edited = shippedWith([
      '{ metric: save_error_rate, max: 0.01, window: 15m }',
      '{ metric: save_error_rate, max: 0.01, window: 15m, violation: { consecutive: 3 } }',
    ]);
    const verdictOf = (states: string) => {
      const series = windowsBefore(END, states.length).flatMap((at, i) => {
        const where = { rolloutId: 'autosave', phase: 'A', at };
        const errors = states[i] === 'x' ? 100 : 0;
        return states[i] === '-'
          ? []
          : [
              countRow(where, 'autosave.save.error', { code: 'c' }, errors),
              countRow(where, 'autosave.save.completed', {}, 1000 - errors),
            ];
      });
      return judgeWindow({
        ...edited,
        policyHash: edited.hash,
        rolloutId: 'autosave',
        phase: 'A',
        windowEnd: END,
        series,
      }).metrics.find((m) => m.metric === 'save_error_rate');
    };
    expect(verdictOf('.xx')).toMatchObject({ verdict: 'warn', met: false, detail: { times: 2, of: 3 } });
    expect(verdictOf('xxx')?.verdict).toBe('violation');
    expect(verdictOf('x-x-x')?.verdict).toBe('violation');
    expect(verdictOf('xx.x')).toMatchObject({ verdict: 'warn', detail: { times: 1, of: 3 } });
    expect(verdictOf('xxx-')?.verdict).toBe('insufficient_data');
    expect(verdictOf('xxx.')?.verdict).toBe('pass');
  });

  it('the 2-day average is evaluated at Tokyo midnight and stays until the next [ANA-2] [PHA-2]', () => {
    const midnight = new Date('2026-11-20T15:00:00Z');
    const rates = (perDay: readonly number[]) =>
      perDay.flatMap((hits, day) =>
        windowsBefore(new Date(midnight.getTime() - (perDay.length - 1 - day) * 86_400_000), 96).flatMap(
          (at) =>
            rateRows(
              metricOf('merge_auto_success_rate') as Extract<Metric, { aggregation: 'rate' }>,
              hits,
              EVENTS_PER_WINDOW,
              { rolloutId: 'autosave-merge', phase: 'B-1', at },
            ),
        ),
      );
    const average = (perDay: readonly number[], end = midnight) =>
      judgeAt('autosave-merge', 'B-1', rates(perDay), end).metrics[0];
    expect(average([7000, 8998])).toMatchObject({ verdict: 'warn', reason: 'past_limit_not_yet' });
    expect(average([7000, 9000])).toMatchObject({ met: true });
    expect(average([9000, 7000, 8999])).toMatchObject({ verdict: 'warn', detail: { times: 1, of: 2 } });
    expect(average([8999, 7000, 8999])).toMatchObject({ verdict: 'violation', detail: { times: 2, of: 2 } });
    const later = new Date(midnight.getTime() + 10 * 3_600_000);
    expect(average([8999, 7000, 8999], later)).toMatchObject({
      verdict: 'violation',
      detail: { not_due: true, evaluated_at: midnight.toISOString() },
    });
    expect(average([7000])).toMatchObject({ verdict: 'insufficient_data', reason: 'too_few_samples' });
  });
});

describe('a calendar day', () => {
  it('is counted whole at its midnight and begins again with the next window [ANA-2]', () => {
    const midnight = new Date('2026-11-20T15:00:00Z'); // in Tokyo
    const where = (minutes: number): Where => ({
      rolloutId: 'autosave-merge',
      phase: 'B-0',
      at: new Date(midnight.getTime() + minutes * 60_000),
    });
    const series = [
      countRow(where(-15), 'bug.reported', { severity: 'critical' }, 3),
      countRow(where(-23 * 60), 'bug.reported', { severity: 'critical' }, 1),
      countRow(where(-23 * 60), 'bug.reported', { severity: 'minor' }, 90),
      countRow(where(0), 'merge.diff.apply', { auto_accepted: true }, 50),
    ];
    const bugs = (end: Date) =>
      judgeAt('autosave-merge', 'B-0', series, end).metrics.find((m) => m.metric === 'critical_bugs_per_day');
    expect(bugs(midnight)).toMatchObject({ value: 4, verdict: 'violation' });
    expect(bugs(new Date(midnight.getTime() + 900_000))).toMatchObject({ value: 0, verdict: 'pass' });
  });
});

describe('the crash rate against its baseline', () => {
  const at = (phase: string, when: Date): Where => ({ rolloutId: 'autosave-merge', phase, at: when });
  const [last = END] = windowsBefore(END, 1);
  const delta = (sessions: number, crashes: number) =>
    judgeAt('autosave-merge', 'A-2', [
      countRow(at('A-0', new Date('2026-11-01T00:00:00Z')), 'client.session', {}, sessions),
      countRow(at('A-0', new Date('2026-11-01T00:00:00Z')), 'client.crash', {}, crashes),
      countRow(at('A-2', last), 'client.session', {}, 1000),
      countRow(at('A-2', last), 'client.crash', {}, 10),
    ]).metrics.find((m) => m.metric === 'crash_rate_delta');

  it('is insufficient data without a baseline or with one that is too small [ANA-2]', () => {
    expect(delta(0, 0)).toMatchObject({ verdict: 'insufficient_data', reason: 'no_baseline', value: null });
    expect(delta(99, 1)).toMatchObject({ reason: 'no_baseline', detail: { baseline_samples: 99 } });
    expect(delta(100, 1)).toMatchObject({ value: 0, verdict: 'pass' });
  });

  it('counts half a crash where the baseline has none, and says so [ANA-2]', () => {
    expect(delta(1000, 0)).toMatchObject({
      value: 19,
      detail: { baseline_corrected: true, baseline_rate: 0.0005 },
    });
  });
});

describe('judge: bound', () => {
  const bounded = shippedWith(
    [
      '{ metric: save_error_rate, max: 0.01, window: 15m }',
      '{ metric: save_error_rate, max: 0.01, window: 15m, minSamples: 1, judge: bound }',
    ],
    [
      '{ metric: autosave_p95, max: 2500, window: 15m }',
      '{ metric: autosave_p95, max: 2500, window: 15m, minSamples: 1, judge: bound }',
    ],
  );
  const [last = END] = windowsBefore(END, 1);
  const where = { rolloutId: 'autosave', phase: 'A', at: last };
  const judged = (series: WindowSeries[], metric: string) =>
    judgeWindow({
      ...bounded,
      policyHash: bounded.hash,
      rolloutId: 'autosave',
      phase: 'A',
      windowEnd: END,
      series,
    }).metrics.find((m) => m.metric === metric);
  const rate = (errors: number, of: number) =>
    judged(
      [
        countRow(where, 'autosave.save.error', { code: 'c' }, errors),
        countRow(where, 'autosave.save.completed', {}, of - errors),
      ],
      'save_error_rate',
    );

  it('1 failure in 10 is no proof of a failure rate above 1 %, nor is 0 in 10 of one below it [ANA-4]', () => {
    // Clopper-Pearson, one-sided 95 %: 1 of 10 → above 0.0051; 0 of 10 → below 0.2589.
    expect(rate(1, 10)).toMatchObject({
      verdict: 'insufficient_data',
      reason: 'past_limit_unproven',
      met: null,
    });
    expect(rate(1, 10)?.detail.bound_low).toBeCloseTo(0.005116, 6);
    expect(rate(0, 10)).toMatchObject({ verdict: 'insufficient_data', reason: 'bound_undecided' });
    expect(rate(0, 10)?.detail.bound_high).toBeCloseTo(0.258866, 6);
  });

  it('decides where the bound excludes the limit [ANA-4]', () => {
    // 0 of 299 is the smallest sample whose upper bound is below 1 %: 1 − 0.05^(1/299) = 0.00997.
    expect(rate(0, 298)?.reason).toBe('bound_undecided');
    expect(rate(0, 299)).toMatchObject({ verdict: 'pass', met: true });
    expect(rate(4, 100)).toMatchObject({ verdict: 'violation', met: false });
    expect(rate(3, 100)?.reason).toBe('past_limit_unproven');
  });

  it('bounds a P95 by order statistics [ANA-4]', () => {
    const p95 = (fast: number, slow: number) =>
      judged(
        [
          valueRow(where, 'autosave.save.completed', 'duration_ms', [
            ...Array<number>(fast).fill(1000),
            ...Array<number>(slow).fill(4000),
          ]),
        ],
        'autosave_p95',
      );
    // 59 values, none past: 0.95^59 = 0.0485 < 0.05 proves it; 58 do not.
    expect(p95(58, 0)?.reason).toBe('bound_undecided');
    expect(p95(59, 0)).toMatchObject({ verdict: 'pass', met: true });
    expect(p95(94, 6)).toMatchObject({ reason: 'past_limit_unproven', met: null });
    // P(Bin(100, 0.05) ≥ 10) = 0.028; ≥ 9 is 0.063.
    expect(p95(91, 9)?.reason).toBe('past_limit_unproven');
    expect(p95(90, 10)).toMatchObject({ verdict: 'violation', met: false });
  });
});
