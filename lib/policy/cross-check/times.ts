import { formatDuration } from '../duration.ts';
import type { Policy } from '../policy.schema.ts';
import { type CrossIssue, unknown } from './issue.ts';

/** Slots within the window, in their order. */
export function checkCycle(policy: Policy): CrossIssue[] {
  const { collect, analyze, report } = policy.cycle.slotSeconds;
  return collect <= analyze && analyze <= report && report <= policy.cycle.windowSeconds
    ? []
    : [{ path: ['cycle', 'slots'], message: 'slots must not decrease and must end within the window' }];
}

/** What may still arrive or be made up for must find what it belongs to: counted into half a window, it would be judged wrongly. */
export function checkRetention(policy: Policy): CrossIssue[] {
  const { maxAgeSeconds } = policy.telemetry;
  const { windowSeconds, catchUpSeconds } = policy.cycle;
  const leastSeconds = Math.max(maxAgeSeconds, catchUpSeconds) + windowSeconds;
  return (['windows', 'verdicts'] as const)
    .filter((kept) => policy.retention[`${kept}Seconds`] < leastSeconds)
    .map((kept) => ({
      path: ['retention', kept],
      message: `must be at least telemetry.maxAge and cycle.catchUp and one window more: ${formatDuration(leastSeconds)}`,
    }));
}

/** Freezes of rollouts that there are, each named once, that end after they begin. */
export function checkFreezes(policy: Policy): CrossIssue[] {
  const rollouts = Object.keys(policy.rollouts);
  const ids = policy.freezes.map((freeze) => freeze.id);
  return policy.freezes.flatMap((freeze, i) => [
    ...(freeze.rollouts ?? []).flatMap((rollout, j) =>
      rollouts.includes(rollout)
        ? []
        : [unknown(['freezes', i, 'rollouts', j], 'rollout', rollout, rollouts)],
    ),
    ...(ids.indexOf(freeze.id) === i
      ? []
      : [{ path: ['freezes', i, 'id'], message: `freeze "${freeze.id}" is listed twice` }]),
    ...('from' in freeze.period && freeze.period.from >= freeze.period.to
      ? [{ path: ['freezes', i, 'period', 'to'], message: 'must be later than from' }]
      : []),
  ]);
}

/** Budgets are counted in whole windows, over a period that is longer than every look at it and still stored. */
export function checkSlo(policy: Policy): CrossIssue[] {
  const { windowSeconds } = policy.cycle;
  const { periodSeconds, burnRates } = policy.slo;
  return [
    ...(periodSeconds > policy.retention.verdictsSeconds
      ? [{ path: ['slo', 'period'], message: 'must not be longer than retention.verdicts' }]
      : []),
    ...burnRates.flatMap((rate, i) => [
      ...(['long', 'short'] as const)
        .filter((kind) => rate[`${kind}Seconds`] % windowSeconds !== 0)
        .map((kind) => ({
          path: ['slo', 'burnRates', i, kind],
          message: `must be whole ${windowSeconds / 60}-minute windows`,
        })),
      ...(rate.longSeconds >= periodSeconds
        ? [{ path: ['slo', 'burnRates', i, 'long'], message: 'must be shorter than slo.period' }]
        : []),
    ]),
  ];
}
