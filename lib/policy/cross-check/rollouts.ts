import type { Policy } from '../policy.schema.ts';
import { type CrossIssue, unknown } from './issue.ts';

/** Rollouts whose phases, flags, panels, objectives, gates and channels exist and fit each other. */
export function checkRollouts(policy: Policy): CrossIssue[] {
  return Object.keys(policy.rollouts).flatMap((id) => checkRollout(id, policy));
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
    ...Object.entries(rollout.messageFigures).flatMap(([figure, metric]) =>
      policy.metrics[metric]
        ? []
        : [unknown([...path, 'messageFigures', figure], 'metric', metric, Object.keys(policy.metrics))],
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
