import type { Budget, SloObjective, SloReport } from '#lib/slo/slo-report.schema.ts';

const day = (index: number) => new Date(Date.UTC(2026, 9, 1 + index)).toISOString().slice(0, 10);

// Without the noise of binary fractions, so that an exact share stays one.
const allowedOf = (total: number, targetRatio: number): number =>
  Number((total * (1 - targetRatio)).toPrecision(12));

function budgetOf(goodCount: number, badCount: number, targetRatio: number): Budget {
  const total = goodCount + badCount;
  const allowedBadCount = allowedOf(total, targetRatio);
  const remainingRatio = total === 0 ? null : 1 - badCount / allowedBadCount;
  return {
    goodCount,
    badCount,
    targetRatio,
    attainedRatio: total === 0 ? null : goodCount / total,
    allowedBadCount,
    remainingRatio,
    state:
      remainingRatio === null
        ? 'unknown'
        : remainingRatio <= 0
          ? 'exhausted'
          : remainingRatio <= 0.25
            ? 'unhealthy'
            : remainingRatio <= 0.5
              ? 'attention'
              : remainingRatio <= 0.75
                ? 'observe'
                : 'healthy',
  };
}

/** An objective whose days are given by their bad counts out of 1,000 events; null is a day without counts. */
export function objectiveOf(
  given: Pick<SloObjective, 'phase' | 'metric'> & Partial<SloObjective>,
  badPerDay: readonly (number | null)[],
  targetRatio = 0.99,
): SloObjective {
  const allowed = allowedOf(badPerDay.filter((bad) => bad !== null).length * 1_000, targetRatio);
  let spent = 0;
  const burnDown = badPerDay.map((bad, index) => {
    if (bad === null) return { day: day(index), goodCount: 0, badCount: 0, remainingRatio: null };
    spent += bad;
    return { day: day(index), goodCount: 1_000 - bad, badCount: bad, remainingRatio: 1 - spent / allowed };
  });
  const good = burnDown.reduce((sum, { goodCount }) => sum + goodCount, 0);
  return {
    label: { ja: `目標 ${given.metric}`, en: `Objective ${given.metric}` },
    unit: 'ratio',
    basis: 'events',
    limit: { kind: 'max', value: 1 - targetRatio },
    budget: budgetOf(good, spent, targetRatio),
    burnDown,
    alerts: [],
    ...given,
  };
}

/** A report as the server makes it: of October 2026, closed, with two counted objectives and one that was not. */
export function reportOf(given: Partial<SloReport> = {}): SloReport {
  return {
    rolloutId: 'autosave',
    label: { ja: 'AutoSave 露出率', en: 'AutoSave by exposure' },
    timezone: 'Asia/Tokyo',
    generatedAt: '2026-11-02T00:00:00.000Z',
    period: {
      kind: 'month',
      month: '2026-10',
      from: '2026-09-30T15:00:00.000Z',
      to: '2026-10-31T15:00:00.000Z',
      closed: true,
    },
    months: ['2026-11', '2026-10'],
    phases: [
      { id: 'A', label: { ja: 'カナリア 5 %', en: 'Canary 5 %' } },
      { id: 'B', label: { ja: '拡大 30 %', en: 'Broad 30 %' } },
    ],
    policyVersions: [{ hash: 'a'.repeat(64), from: '2026-09-30T15:00:00.000Z' }],
    coverage: { expectedWindows: 2_976, judgedWindows: 2_900, toldWindows: 2_880 },
    countedFrom: '2026-09-30T15:00:00.000Z',
    attainment: [],
    objectives: [
      objectiveOf({ phase: 'A', metric: 'save_error_rate' }, [10, 12, null, 4]),
      objectiveOf({ phase: 'A', metric: 'autosave_p95' }, [1, 1, 0, 2]),
      objectiveOf({ phase: 'B', metric: 'save_error_rate' }, [null, null, null, null]),
    ],
    steps: [],
    incidents: [],
    approvals: [],
    signOffs: [],
    contentSha256: 'c'.repeat(64),
    snapshot: null,
    ...given,
  };
}
