import { countsAgainst } from '#lib/analyzer/index.ts';
import { batchesWithin, readWindowEvents, windowCounts } from '#lib/collector/server.ts';
import { database } from '#lib/database/server.ts';
import { deploymentsWithin } from '#lib/deployments/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { findRollout, listPhaseChanges } from '#lib/rollouts/server.ts';
import { compileEventRules } from '#lib/telemetry/index.ts';
import { metricLabels } from './overview.run.ts';
import { phaseChangeView } from './rollout-view.run.ts';
import { verdictRow } from './verdict-row.ts';
import type { WindowEvents, WindowView } from './window-view.schema.ts';

const SHOWN_BATCHES = 60;
const SHOWN_CHANGES = 200;
const SHOWN_DEPLOYMENTS = 50;

/**
 * One window of a rollout: its verdicts with every revision, what was counted of it, and the batches it came from; null for
 * a rollout that does not exist or a moment at which no window begins. Errors: PolicyError, the database's.
 */
export async function readWindow(rolloutId: string, windowStart: Date): Promise<WindowView | null> {
  const span = await spanOf(rolloutId, windowStart);
  if (!span) return null;
  const { from, to } = span;
  const [{ policy, catalogue }, rows, counts, batches, changes, deployments, previous, next] =
    await Promise.all([
      loadPolicy(),
      database().verdict.findMany({
        where: { rolloutId, windowStart: from },
        orderBy: [{ isLatest: 'desc' }, { createdAt: 'desc' }],
      }),
      windowCounts(rolloutId, from),
      batchesWithin({ from, to, limit: SHOWN_BATCHES + 1 }),
      listPhaseChanges(rolloutId, SHOWN_CHANGES),
      deploymentsWithin({ rolloutId, from, to, limit: SHOWN_DEPLOYMENTS }),
      neighbour(rolloutId, from, 'before'),
      neighbour(rolloutId, from, 'after'),
    ]);
  return {
    rolloutId,
    windowStart: from.toISOString(),
    windowEnd: to.toISOString(),
    verdicts: rows.map(verdictRow),
    counts,
    batches: batches.slice(0, SHOWN_BATCHES),
    batchesLeftOut: batches.length > SHOWN_BATCHES,
    phaseChanges: changes
      .filter(({ createdAt }) => {
        const at = new Date(createdAt);
        return at >= from && at < to;
      })
      .map((change) => phaseChangeView(change)),
    deployments,
    metricLabels: metricLabels(policy),
    eventLabels: Object.fromEntries(
      Object.entries(catalogue.events).map(([name, { description }]) => [name, description]),
    ),
    previous,
    next,
  };
}

/**
 * The slowest and failing events of a window, read again from where they came from; null as for {@link readWindow}.
 * Errors: PolicyError, the database's.
 */
export async function readEventsOfWindow(rolloutId: string, windowStart: Date): Promise<WindowEvents | null> {
  const span = await spanOf(rolloutId, windowStart);
  if (!span) return null;
  const { policy, catalogue } = await loadPolicy();
  return await readWindowEvents({
    rolloutId,
    ...span,
    rules: compileEventRules(policy, catalogue),
    isClient: (event) => catalogue.events[event]?.internal !== true,
    against: countsAgainst(policy, rolloutId),
  });
}

async function spanOf(rolloutId: string, from: Date): Promise<{ from: Date; to: Date } | null> {
  const [{ policy }, rollout] = await Promise.all([loadPolicy(), findRollout(rolloutId)]);
  const windowMs = policy.cycle.windowSeconds * 1000;
  if (!rollout || from.getTime() % windowMs !== 0) return null;
  return { from, to: new Date(from.getTime() + windowMs) };
}

async function neighbour(rolloutId: string, from: Date, side: 'before' | 'after'): Promise<string | null> {
  const row = await database().verdict.findFirst({
    where: { rolloutId, isLatest: true, windowStart: side === 'before' ? { lt: from } : { gt: from } },
    orderBy: { windowStart: side === 'before' ? 'desc' : 'asc' },
    select: { windowStart: true },
  });
  return row?.windowStart.toISOString() ?? null;
}
