import type { Policy } from '../policy.schema.ts';
import { type CrossIssue, unknown } from './issue.ts';

/** Panels of metrics and channels that there are. */
export function checkPanels(policy: Policy): CrossIssue[] {
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

/** Channels, rollouts and phases of the reporting that there are. */
export function checkReporting(policy: Policy): CrossIssue[] {
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
