import { shareOf } from '#lib/analyzer/index.ts';
import type { LoadedPolicy, Objective, Policy, RolloutPolicy } from '#lib/policy/index.ts';
import { budgetOf } from './budget.ts';
import { burnDownOf } from './burn-down.ts';
import { burnAlert } from './burn-rate.ts';
import { contentSha256, type SloContent } from './content-hash.ts';
import type { ObjectivePart, SloCounts, SloRecord } from './counts.ts';
import type { Attainment, SloObjective, SloPeriod, SloReport } from './slo-report.schema.ts';

export type ReportInput = {
  loaded: Pick<LoadedPolicy, 'policy'>;
  rollout: RolloutPolicy;
  rolloutId: string;
  period: SloPeriod;
  /** Up to when verdicts are complete; the future of the current month is not expected to have any. */
  judgedUntil: Date;
  firstWindowStart: Date | null;
  countedFrom: Date | null;
  counts: SloCounts;
  record: SloRecord;
  now: Date;
};

/** The committee's report from what was counted and recorded (DASH-4). Pure. */
export function sloReportOf(input: ReportInput): SloReport {
  const { loaded, rollout, rolloutId, period, counts, record, now } = input;
  const { policy } = loaded;
  const { coverage } = counts;
  const objectives = objectivesOf(policy, rollout, period, counts);
  const content: SloContent = {
    rolloutId,
    label: rollout.label,
    timezone: policy.timezone,
    period,
    phases: phasesOf(rollout, counts),
    policyVersions: coverage.policyVersions.map(({ hash, from }) => ({ hash, from: from.toISOString() })),
    coverage: {
      expectedWindows: expectedWindows(input),
      judgedWindows: coverage.judgedWindows,
      toldWindows: coverage.toldWindows,
    },
    countedFrom: input.countedFrom?.toISOString() ?? null,
    attainment: attainmentOf(rollout, counts),
    objectives,
    ...record,
  };
  return {
    ...content,
    generatedAt: now.toISOString(),
    months: [...counts.months],
    contentSha256: contentSha256(content),
    snapshot: null,
  };
}

/** Phases of the policy in their order, then those that only the counts know. */
function phasesOf(rollout: RolloutPolicy, counts: SloCounts): SloReport['phases'] {
  const known = rollout.phases.map(({ id, label }) => ({ id, label }));
  const counted = [...counts.monthWindows, ...counts.dayParts].map(({ phase }) => phase);
  const gone = [...new Set(counted)].filter((id) => !known.some((phase) => phase.id === id)).sort();
  return [...known, ...gone.map((id) => ({ id, label: { ja: id, en: id } }))];
}

function expectedWindows({ loaded, period, judgedUntil, firstWindowStart }: ReportInput): number {
  if (firstWindowStart === null) return 0;
  const windowMs = loaded.policy.cycle.windowSeconds * 1000;
  const from = Math.max(Date.parse(period.from), firstWindowStart.getTime());
  const to = Math.min(Date.parse(period.to), judgedUntil.getTime());
  return Math.max(0, Math.round((to - from) / windowMs));
}

function attainmentOf(rollout: RolloutPolicy, counts: SloCounts): Attainment[] {
  const position = (phase: string) => {
    const index = rollout.phases.findIndex(({ id }) => id === phase);
    return index === -1 ? rollout.phases.length : index;
  };
  return counts.monthWindows
    .flatMap(({ month, phase, metWindows, toldWindows, judgedWindows }) => {
      const name = counts.attainmentMonths[month]?.name;
      if (name === undefined) return [];
      const attainedRatio = toldWindows === 0 ? null : metWindows / toldWindows;
      const untoldWindows = judgedWindows - toldWindows;
      return [{ month: name, phase, metWindows, toldWindows, untoldWindows, attainedRatio }];
    })
    .sort(
      (a, b) =>
        b.month.localeCompare(a.month) ||
        position(a.phase) - position(b.phase) ||
        a.phase.localeCompare(b.phase),
    );
}

type ObjectiveKey = Pick<ObjectivePart, 'phase' | 'metric' | 'basis'>;

const isOf =
  (key: ObjectiveKey) =>
  (part: ObjectivePart): boolean =>
    part.phase === key.phase && part.metric === key.metric && part.basis === key.basis;

/** The objective that decides on a metric in a phase, by today's policy. */
function objectiveOf(rollout: RolloutPolicy, phase: string, metric: string): Objective | undefined {
  return rollout.phases
    .find(({ id }) => id === phase)
    ?.objectives.find((objective) => !objective.shadow && objective.metric === metric);
}

/**
 * Every objective that was counted in the period, and those of today's policy in phases the rollout was in: there, nothing
 * counted says that it could not be seen. One that changed its basis within the period is told twice.
 */
function keysOf(policy: Policy, rollout: RolloutPolicy, counts: SloCounts): ObjectiveKey[] {
  const asked = rollout.phases
    .filter(({ id }) => counts.coverage.phases.includes(id))
    .flatMap(({ id, objectives }) =>
      objectives.flatMap(({ metric, limit, shadow }): ObjectiveKey[] => {
        const known = policy.metrics[metric];
        return shadow || !known ? [] : [{ phase: id, metric, basis: shareOf(policy, known, limit).basis }];
      }),
    );
  const counted = counts.dayParts.map(({ phase, metric, basis }) => ({ phase, metric, basis }));
  return [
    ...new Map(
      [...asked, ...counted].map((key) => [JSON.stringify([key.phase, key.metric, key.basis]), key]),
    ).values(),
  ];
}

/** The objectives of a period with their budgets, least left first. Pure. */
export function objectivesOf(
  policy: Policy,
  rollout: RolloutPolicy,
  period: SloPeriod,
  counts: SloCounts,
): SloObjective[] {
  const objectives = keysOf(policy, rollout, counts).map((key): SloObjective => {
    const parts = counts.dayParts.filter(isOf(key));
    const objective = objectiveOf(rollout, key.phase, key.metric);
    const metric = policy.metrics[key.metric];
    const todaysTarget =
      objective && metric
        ? shareOf(policy, metric, objective.limit).targetRatio
        : (parts.at(-1)?.targetRatio ?? policy.slo.windowsTarget);
    const budget = budgetOf(parts, todaysTarget, policy.slo.budgetBands);
    const byDay = Map.groupBy(parts, ({ day }) => day);
    const burning = counts.burnParts.filter(isOf(key));
    const within = (seconds: number) => burning.filter((part) => part.seconds === seconds);
    return {
      ...key,
      label: metric?.label ?? { ja: key.metric, en: key.metric },
      unit: metric?.unit ?? 'count',
      limit: objective?.limit ?? null,
      budget,
      burnDown: burnDownOf(counts.days.map(({ name }, i) => ({ day: name, parts: byDay.get(i) ?? [] }))),
      alerts:
        period.kind === 'rolling'
          ? policy.slo.burnRates.map((rule) =>
              burnAlert({
                rule,
                periodSeconds: policy.slo.periodSeconds,
                long: within(rule.longSeconds),
                short: within(rule.shortSeconds),
                remainingRatio: budget.remainingRatio,
                fromBadCount: policy.slo.alertFromBad[key.basis],
              }),
            )
          : [],
    };
  });
  return objectives
    .map((objective, i) => ({ objective, i }))
    .sort(
      (a, b) =>
        (a.objective.budget.remainingRatio ?? Number.MAX_VALUE) -
          (b.objective.budget.remainingRatio ?? Number.MAX_VALUE) || a.i - b.i,
    )
    .map(({ objective }) => objective);
}
