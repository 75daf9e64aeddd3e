import { findPhase, type Policy, type RolloutPolicy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { findRollout, listPhaseChanges } from '#lib/rollouts/server.ts';
import type { PanelFigure, PanelRange, PanelSeries, PanelView } from './panel.schema.ts';
import {
  countRollbacks,
  type Reading,
  readAttainment,
  readNewestReadings,
  readReadings,
} from './panel.store.ts';
import { condensePoints, PANEL_SPANS, panelSpan } from './panel-points.ts';
import { phaseChangeView } from './rollout-view.run.ts';

const SHOWN_CHANGES = 200;

/**
 * One panel of a rollout over a range of closed windows (DASH-1 … DASH-4), or null where the rollout does not exist,
 * does not have this panel, or stands in a phase the policy lacks. Errors: PolicyError, the database's.
 */
export async function readPanel(
  rolloutId: string,
  panelId: string,
  range: PanelRange,
  now: Date,
): Promise<PanelView | null> {
  const [{ policy }, rollout] = await Promise.all([loadPolicy(), findRollout(rolloutId)]);
  // Names come from outside: `__proto__` is none.
  const rolloutPolicy = Object.hasOwn(policy.rollouts, rolloutId) ? policy.rollouts[rolloutId] : undefined;
  const phase = rollout && findPhase(policy, rolloutId, rollout.phase);
  const shown = policy.panels[panelId];
  if (!rolloutPolicy?.panels.includes(panelId) || !shown || !phase) return null;
  const { windowSeconds } = policy.cycle;
  const span = { rolloutId, ...panelSpan(range, windowSeconds, now) };
  const isSlo = shown.kind === 'slo';
  const [readings, newest, changes, attainment, rollbackCount] = await Promise.all([
    readReadings({ ...span, metrics: shown.chart, windowSeconds }),
    readNewestReadings({ rolloutId, phase: phase.id, metrics: shown.figures, windowSeconds }),
    listPhaseChanges(rolloutId, SHOWN_CHANGES),
    isSlo ? readAttainment(span) : [],
    isSlo ? countRollbacks({ ...span, to: now }) : 0,
  ]);
  return {
    rolloutId,
    panel: panelId,
    label: shown.label,
    range,
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    windowSeconds,
    phase: phase.id,
    channel: channelOf(policy, shown.channel),
    series: shown.chart.map((metric) => seriesOf(policy, rolloutPolicy, phase.id, metric, range, readings)),
    figures: shown.figures.map((metric) => figureOf(policy, metric, newest)),
    phaseChanges: changes
      .map(phaseChangeView)
      .filter((change) => Date.parse(change.at) >= span.from.getTime())
      .sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
    slo: isSlo
      ? {
          attainment: rolloutPolicy.phases.map(({ id, label }) => {
            const { metWindows, toldWindows } = attainment.find((row) => row.phase === id) ?? {
              metWindows: 0,
              toldWindows: 0,
            };
            const attainmentRatio = toldWindows === 0 ? null : metWindows / toldWindows;
            return { phase: id, label, metWindows, toldWindows, attainmentRatio };
          }),
          rollbackCount,
        }
      : null,
  };
}

function channelOf(policy: Policy, channelId: string | undefined): PanelView['channel'] {
  const channel = channelId === undefined ? undefined : policy.channels[channelId];
  switch (channel?.kind) {
    case 'slack':
      return { name: channel.channel, url: channel.url ?? null };
    case 'pagerduty':
      return { name: channel.service, url: null };
    default:
      return null;
  }
}

/** What a metric is called and measured in; the cross-check of the policy holds that panels name only metrics. */
function metricHead(policy: Policy, metric: string): Omit<PanelFigure, 'latest'> {
  const { label, description, unit } = policy.metrics[metric] ?? {
    label: { ja: metric, en: metric },
    description: { ja: metric, en: metric },
    unit: 'count' as const,
  };
  return { metric, label, description, unit };
}

function seriesOf(
  policy: Policy,
  rollout: RolloutPolicy,
  phaseId: string,
  metric: string,
  range: PanelRange,
  readings: readonly Reading[],
): PanelSeries {
  const better = policy.metrics[metric]?.better ?? 'lower';
  const points = readings.filter((reading) => reading.metric === metric).map(({ point }) => point);
  const phases = [...rollout.phases].sort((a, b) => Number(b.id === phaseId) - Number(a.id === phaseId));
  const objective = phases.flatMap((phase) => phase.objectives).find((o) => o.metric === metric);
  return {
    ...metricHead(policy, metric),
    better,
    limitKind: objective?.limit.kind ?? null,
    points: condensePoints(points, PANEL_SPANS[range].pointSeconds, better),
  };
}

function figureOf(policy: Policy, metric: string, newest: readonly Reading[]): PanelFigure {
  const latest = newest.find((reading) => reading.metric === metric)?.point ?? null;
  return { ...metricHead(policy, metric), latest };
}
