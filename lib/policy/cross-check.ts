import { formatDuration } from './duration.ts';
import type { EventCatalogue } from './events.schema.ts';
import { nearestName } from './nearest-name.ts';
import type { Metric, Policy, Selector } from './policy.schema.ts';

export type CrossIssue = { path: PropertyKey[]; message: string; suggestion?: string };

const unknown = (path: PropertyKey[], what: string, name: string, known: readonly string[]): CrossIssue => {
  const nearest = nearestName(name, known);
  return {
    path,
    message: `${what} "${name}" is not defined`,
    ...(nearest
      ? { suggestion: `did you mean "${nearest}"?` }
      : { suggestion: `known: ${known.join(', ')}` }),
  };
};

/** What no schema can see: names that must exist, flags that every phase must set, metrics that can be computed. */
export function crossCheck(policy: Policy, catalogue: EventCatalogue): CrossIssue[] {
  return [
    ...Object.entries(policy.metrics).flatMap(([id, metric]) =>
      checkMetric(['metrics', id], metric, policy, catalogue),
    ),
    ...checkRoles(policy),
    ...checkPanels(policy),
    ...checkExclusions(policy, catalogue),
    ...Object.keys(policy.rollouts).flatMap((id) => checkRollout(id, policy)),
    ...checkFreezes(policy),
    ...checkReporting(policy),
    ...checkFastLane(policy, catalogue),
    ...checkCycle(policy),
    ...checkRetention(policy),
  ];
}

function selectorsOf(metric: Metric): { path: PropertyKey[]; selector: Selector }[] {
  switch (metric.aggregation) {
    case 'p95':
    case 'max':
      return [{ path: ['of'], selector: metric.of }];
    case 'count':
      return metric.of.map((selector, i) => ({ path: ['of', i], selector }));
    case 'rate':
      return [
        ...metric.numerator.map((selector, i) => ({ path: ['numerator', i], selector })),
        ...metric.denominator.map((selector, i) => ({ path: ['denominator', i], selector })),
      ];
    default:
      return [];
  }
}

function checkMetric(
  path: PropertyKey[],
  metric: Metric,
  policy: Policy,
  catalogue: EventCatalogue,
): CrossIssue[] {
  const issues = selectorsOf(metric).flatMap((s) =>
    checkSelector([...path, ...s.path], s.selector, catalogue),
  );
  if (metric.aggregation === 'p95' || metric.aggregation === 'max') {
    const event = catalogue.events[metric.of.event];
    const field = event?.fields[metric.field];
    if (event && !field)
      issues.push(unknown([...path, 'field'], 'field', metric.field, Object.keys(event.fields)));
    else if (
      metric.aggregation === 'p95' &&
      field &&
      !(field.type !== 'boolean' && field.type !== 'string' && field.measure === 'histogram')
    )
      issues.push({
        path: [...path, 'field'],
        message: `a percentile needs "measure: histogram" on ${metric.field} in events.yaml`,
      });
  }
  if (metric.aggregation === 'delta_vs_baseline' || metric.aggregation === 'moving_average') {
    const base = policy.metrics[metric.of];
    if (!base) issues.push(unknown([...path, 'of'], 'metric', metric.of, Object.keys(policy.metrics)));
    else if (base.aggregation !== 'rate')
      issues.push({ path: [...path, 'of'], message: `${metric.of} is not a rate` });
  }
  if (metric.aggregation === 'delta_vs_baseline') {
    const phases = Object.values(policy.rollouts).flatMap((r) => r.phases.map((p) => p.id));
    metric.baseline.phases.forEach((phase, i) => {
      if (!phases.includes(phase))
        issues.push(unknown([...path, 'baseline', 'phases', i], 'phase', phase, phases));
    });
  }
  return issues;
}

function checkSelector(path: PropertyKey[], selector: Selector, catalogue: EventCatalogue): CrossIssue[] {
  const event = catalogue.events[selector.event];
  if (!event) return [unknown([...path, 'event'], 'event', selector.event, Object.keys(catalogue.events))];
  const dimensions = [
    ...Object.entries(event.fields).flatMap(([name, f]) =>
      (f.type === 'boolean' || f.type === 'string') && f.dimension ? [name] : [],
    ),
    ...Object.entries(event.derived).flatMap(([name, d]) => ('greaterThan' in d ? [name] : [])),
  ];
  const sums = [
    ...Object.entries(event.fields).flatMap(([name, f]) =>
      f.type !== 'boolean' && f.type !== 'string' && f.measure !== 'none' ? [name] : [],
    ),
    ...Object.entries(event.derived).flatMap(([name, d]) => ('product' in d ? [name] : [])),
  ];
  const issues = Object.keys(selector.where)
    .filter((field) => !dimensions.includes(field))
    .map((field) => unknown([...path, 'where', field], 'dimension', field, dimensions));
  if (selector.sum !== undefined && !sums.includes(selector.sum))
    issues.push(unknown([...path, 'sum'], 'measured field', selector.sum, sums));
  return issues;
}

function checkRoles(policy: Policy): CrossIssue[] {
  const roles = Object.keys(policy.roles);
  const check = (path: PropertyKey[], names: readonly string[]) =>
    names.flatMap((name, i) => (roles.includes(name) ? [] : [unknown([...path, i], 'role', name, roles)]));
  return Object.entries(policy.permissions)
    .flatMap(([permission, names]) => check(['permissions', permission], names))
    .concat(
      Object.entries(policy.rollouts).flatMap(([id, rollout]) =>
        rollout.phases.flatMap((phase, i) => [
          ...check(['rollouts', id, 'phases', i, 'promoteBy'], phase.promoteBy),
          ...phase.gates.flatMap((gate, j) =>
            gate.kind === 'signed_off' && !roles.includes(gate.role)
              ? [unknown(['rollouts', id, 'phases', i, 'gates', j, 'role'], 'role', gate.role, roles)]
              : [],
          ),
          ...phase.approvals.flatMap((approval, j) =>
            roles.includes(approval.role)
              ? []
              : [
                  unknown(
                    ['rollouts', id, 'phases', i, 'approvals', j, 'role'],
                    'role',
                    approval.role,
                    roles,
                  ),
                ],
          ),
        ]),
      ),
      Object.entries(policy.checklists).flatMap(([list, items]) =>
        items.flatMap((item, i) =>
          item.role === undefined || roles.includes(item.role)
            ? []
            : [unknown(['checklists', list, i, 'role'], 'role', item.role, roles)],
        ),
      ),
    );
}

function checkPanels(policy: Policy): CrossIssue[] {
  const metrics = Object.keys(policy.metrics);
  return Object.entries(policy.panels).flatMap(([id, panel]) => [
    ...(['chart', 'figures'] as const).flatMap((list) =>
      panel[list].flatMap((metric, i) =>
        metrics.includes(metric) ? [] : [unknown(['panels', id, list, i], 'metric', metric, metrics)],
      ),
    ),
    ...(panel.channel && !policy.channels[panel.channel]
      ? [unknown(['panels', id, 'channel'], 'channel', panel.channel, Object.keys(policy.channels))]
      : []),
  ]);
}

function checkExclusions(policy: Policy, catalogue: EventCatalogue): CrossIssue[] {
  const phases = Object.values(policy.rollouts).flatMap((rollout) => rollout.phases.map((phase) => phase.id));
  return policy.telemetry.exclusions.flatMap((exclusion, i) => [
    ...(exclusion.event && !catalogue.events[exclusion.event]
      ? [
          unknown(
            ['telemetry', 'exclusions', i, 'event'],
            'event',
            exclusion.event,
            Object.keys(catalogue.events),
          ),
        ]
      : []),
    ...(exclusion.phases ?? []).flatMap((phase, j) =>
      phases.includes(phase)
        ? []
        : [unknown(['telemetry', 'exclusions', i, 'phases', j], 'phase', phase, phases)],
    ),
  ]);
}

function checkRollout(id: string, policy: Policy): CrossIssue[] {
  const rollout = policy.rollouts[id];
  if (!rollout) return [];
  const path = ['rollouts', id];
  const ids = rollout.phases.map((phase) => phase.id);
  const flags = Object.keys(rollout.flagDefaults);
  return [
    ...Object.keys(rollout.signals)
      .filter((signal) => flags.includes(signal))
      .map((signal) => ({
        path: [...path, 'signals', signal],
        message: `"${signal}" is a feature flag, too`,
      })),
    ...(ids.includes(rollout.restartFrom)
      ? []
      : [unknown([...path, 'restartFrom'], 'phase', rollout.restartFrom, ids)]),
    ...ids.flatMap((phase, i) =>
      ids.indexOf(phase) === i
        ? []
        : [{ path: [...path, 'phases', i, 'id'], message: `phase "${phase}" is listed twice` }],
    ),
    ...rollout.panels.flatMap((panel, i) =>
      policy.panels[panel]
        ? []
        : [unknown([...path, 'panels', i], 'panel', panel, Object.keys(policy.panels))],
    ),
    ...rollout.phases.flatMap((phase, i) => {
      const at = [...path, 'phases', i];
      const channels = Object.keys(policy.channels);
      return [
        ...phase.objectives.flatMap((o, j) =>
          policy.metrics[o.metric]
            ? []
            : [unknown([...at, 'objectives', j, 'metric'], 'metric', o.metric, Object.keys(policy.metrics))],
        ),
        ...(phase.objectives.every((o) => o.shadow)
          ? [
              {
                path: [...at, 'objectives'],
                message: 'every objective is shadow: nothing could ever decide this phase',
              },
            ]
          : []),
        ...Object.keys(phase.flags)
          .filter((flag) => !flags.includes(flag))
          .map((flag) => unknown([...at, 'flags', flag], 'flag', flag, flags)),
        ...flags
          .filter((flag) => phase.flags[flag] === undefined)
          .map((flag) => ({ path: [...at, 'flags'], message: `flag "${flag}" has no value in this phase` })),
        ...Object.entries(phase.notify).flatMap(([level, names]) =>
          names.flatMap((channel, j) =>
            policy.channels[channel]
              ? []
              : [unknown([...at, 'notify', level, j], 'channel', channel, channels)],
          ),
        ),
        ...checkWindows(at, phase.objectives, policy.cycle.windowSeconds),
        ...checkGates(at, phase, rollout.panels, policy),
      ];
    }),
  ];
}

function checkGates(
  path: PropertyKey[],
  phase: Policy['rollouts'][string]['phases'][number],
  panels: readonly string[],
  policy: Policy,
): CrossIssue[] {
  const lists = Object.keys(policy.checklists);
  return phase.gates.flatMap((gate, i) => {
    const at = [...path, 'gates', i];
    if (gate.kind === 'checklist' && !lists.includes(gate.list))
      return [unknown([...at, 'list'], 'checklist', gate.list, lists)];
    if (gate.kind === 'signed_off')
      return gate.panels.flatMap((panel, j) =>
        panels.includes(panel) ? [] : [unknown([...at, 'panels', j], 'panel of this rollout', panel, panels)],
      );
    return [];
  });
}

function checkFreezes(policy: Policy): CrossIssue[] {
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

function checkReporting(policy: Policy): CrossIssue[] {
  const channels = Object.keys(policy.channels);
  return [
    ...policy.reporting.stops.flatMap((channel, i) =>
      policy.channels[channel] ? [] : [unknown(['reporting', 'stops', i], 'channel', channel, channels)],
    ),
    ...Object.entries(policy.reporting.announceOkFrom).flatMap(([rollout, phase]) => {
      const path = ['reporting', 'announceOkFrom', rollout];
      const phases = policy.rollouts[rollout]?.phases.map(({ id }) => id);
      if (!phases) return [unknown(path, 'rollout', rollout, Object.keys(policy.rollouts))];
      return phases.includes(phase) ? [] : [unknown(path, 'phase', phase, phases)];
    }),
  ];
}

function checkFastLane(policy: Policy, catalogue: EventCatalogue): CrossIssue[] {
  const events = Object.keys(catalogue.events);
  return policy.fastLane.violationEvents.flatMap((event, i) =>
    events.includes(event) ? [] : [unknown(['fastLane', 'violationEvents', i], 'event', event, events)],
  );
}

function checkWindows(
  path: PropertyKey[],
  objectives: Policy['rollouts'][string]['phases'][number]['objectives'],
  cycleSeconds: number,
): CrossIssue[] {
  return objectives.flatMap((objective, i) => [
    ...(objective.window.kind === 'trailing' && objective.window.seconds % cycleSeconds !== 0
      ? [
          {
            path: [...path, 'objectives', i, 'window'],
            message: `must be whole ${cycleSeconds / 60}-minute windows`,
          },
        ]
      : []),
    ...(objective.everySeconds % cycleSeconds !== 0
      ? [
          {
            path: [...path, 'objectives', i, 'every'],
            message: `must be whole ${cycleSeconds / 60}-minute windows`,
          },
        ]
      : []),
  ]);
}

function checkCycle(policy: Policy): CrossIssue[] {
  const { collect, analyze, report } = policy.cycle.slotSeconds;
  return collect <= analyze && analyze <= report && report <= policy.cycle.windowSeconds
    ? []
    : [{ path: ['cycle', 'slots'], message: 'slots must not decrease and must end within the window' }];
}

/** What may still arrive or be made up for must find what it belongs to: counted into half a window, it would be judged wrongly. */
function checkRetention(policy: Policy): CrossIssue[] {
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
