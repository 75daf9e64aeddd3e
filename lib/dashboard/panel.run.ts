import { deploymentsWithin } from '#lib/deployments/server.ts';
import { findPhase, type Policy, type RolloutPolicy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { checkDecisionNote, findRollout, listPhaseChanges } from '#lib/rollouts/server.ts';
import { readBudgets } from '#lib/slo/server.ts';
import { newestUsed } from './newest-used.ts';
import type { PanelFigure, PanelQuery, PanelSeries, PanelView } from './panel.schema.ts';
import {
  countRollbacks,
  countVerdicts,
  type Reading,
  readAttainment,
  readNewestReadings,
  readReadings,
} from './panel.store.ts';
import { type PanelSpan, panelSpan } from './panel-points.ts';
import { readPanelIncidents, readRollbackRequired } from './panel-record.store.ts';
import { phaseChangeView } from './rollout-view.run.ts';

const SHOWN_CHANGES = 200;
const SHOWN_DEPLOYMENTS = 200;

/** What was judged within a span: the costly part of a panel, kept as long as nothing is added to it. */
type Judged = { readings: Reading[]; attainment: Awaited<ReturnType<typeof readAttainment>> };
const KEPT_SPANS = 64;
const judged = newestUsed<Judged>(KEPT_SPANS);

/**
 * One panel of a rollout over a range of closed windows (DASH-1 … DASH-4), or null where the rollout does not exist,
 * does not have this panel, or stands in a phase the policy lacks. Errors: PolicyError, the database's.
 */
export async function readPanel(
  rolloutId: string,
  panelId: string,
  query: PanelQuery,
  now: Date,
): Promise<PanelView | null> {
  const [{ policy, hash }, rollout] = await Promise.all([loadPolicy(), findRollout(rolloutId)]);
  // Names come from outside: `__proto__` is none.
  const rolloutPolicy = Object.hasOwn(policy.rollouts, rolloutId) ? policy.rollouts[rolloutId] : undefined;
  const phase = rollout && findPhase(policy, rolloutId, rollout.phase);
  const shown = policy.panels[panelId];
  if (!rolloutPolicy?.panels.includes(panelId) || !shown || !phase) return null;
  const { windowSeconds } = policy.cycle;
  const span = { rolloutId, ...panelSpan(query, windowSeconds, now) };
  const isSlo = shown.kind === 'slo';
  const [
    { readings, attainment },
    newest,
    changes,
    deployments,
    incidents,
    rollbackRequired,
    rollbackCount,
    budgets,
    noteCheck,
  ] = await Promise.all([
    readJudged({ ...span, panelId, metrics: shown.chart, isSlo, policy, hash }),
    readNewestReadings({ rolloutId, phase: phase.id, metrics: shown.figures, windowSeconds }),
    listPhaseChanges(rolloutId, SHOWN_CHANGES),
    deploymentsWithin({ ...span, to: now, limit: SHOWN_DEPLOYMENTS }),
    readPanelIncidents({ ...span, to: now }),
    readRollbackRequired(rolloutId, phase.id),
    isSlo ? countRollbacks({ ...span, to: now }) : 0,
    isSlo ? readBudgets(rolloutId, now) : [],
    shown.signOffNeeds === 'decision_note'
      ? checkDecisionNote(rollout, [...shown.chart, ...shown.figures])
      : null,
  ]);
  // Newest first: the last step into the phase is how it came to be there now.
  const enteredBy = changes.find(({ toPhase }) => toPhase === phase.id);
  return {
    rolloutId,
    panel: panelId,
    label: shown.label,
    range: query.range,
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    windowSeconds,
    pointSeconds: span.pointSeconds,
    phase: phase.id,
    channel: channelOf(policy, shown.channel),
    series: shown.chart.map((metric) => seriesOf(policy, rolloutPolicy, phase.id, metric, readings)),
    figures: shown.figures.map((metric) => figureOf(policy, metric, newest)),
    phaseChanges: changes
      .map((change) => phaseChangeView(change))
      .filter((change) => Date.parse(change.at) >= span.from.getTime())
      .sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
    incidents,
    rollbackRequired,
    enteredBy: enteredBy ? phaseChangeView(enteredBy) : null,
    noteCheck,
    deployments,
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
          budgets: budgets ?? [],
        }
      : null,
  };
}

/**
 * What was judged within a span, read at most once: the key holds everything it is made of. Verdicts are only added, so how many
 * there are says which; the policy says what the worst of several windows is.
 */
async function readJudged(
  ask: PanelSpan & {
    rolloutId: string;
    panelId: string;
    metrics: readonly string[];
    isSlo: boolean;
    policy: Policy;
    hash: string;
  },
): Promise<Judged> {
  const { policy, rolloutId, from, to, pointSeconds, metrics } = ask;
  // Counted before it is read: what is added in between is found the next time, never missed.
  const count = await countVerdicts({ rolloutId, from, to });
  const key = JSON.stringify([ask.hash, rolloutId, ask.panelId, from, to, pointSeconds, count]);
  const known = judged.get(key);
  if (known) return known;
  const [readings, attainment] = await Promise.all([
    readReadings({
      rolloutId,
      metrics,
      higherIsBetter: metrics.filter((metric) => policy.metrics[metric]?.better === 'higher'),
      from,
      to,
      windowSeconds: policy.cycle.windowSeconds,
      pointSeconds,
    }),
    ask.isSlo ? readAttainment({ rolloutId, from, to }) : [],
  ]);
  const read = { readings, attainment };
  judged.set(key, read);
  return read;
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
    points,
  };
}

function figureOf(policy: Policy, metric: string, newest: readonly Reading[]): PanelFigure {
  const latest = newest.find((reading) => reading.metric === metric)?.point ?? null;
  return { ...metricHead(policy, metric), latest };
}
