import { findPhase, type Policy, previousPhase } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import type { PhaseChange } from '#lib/rollouts/index.ts';
import { findRollout, listPhaseChanges } from '#lib/rollouts/server.ts';
import { metricLabels, readLastDataAt, readRolloutSummary } from './overview.run.ts';
import type { PhaseChangeView } from './phase-change.schema.ts';
import { phaseTimelineOf, rollbackOfferOf } from './phase-timeline.ts';
import type { RolloutView } from './rollout-view.schema.ts';

const SHOWN_CHANGES = 50;

/** A step as pages show it. */
export function phaseChangeView(change: PhaseChange): PhaseChangeView {
  const { id, kind, fromPhase, toPhase, trigger, reason, actorName, breakGlass, proof, createdAt } = change;
  return { id, kind, fromPhase, toPhase, trigger, reason, actorName, breakGlass, proof, at: createdAt };
}

/**
 * The head of the rollout page, or null for a rollout that does not exist or stands in a phase the policy lacks.
 * `mayRollBack`: whether the reader's roles allow it. Errors: PolicyError, the database's.
 */
export async function readRolloutView(
  rolloutId: string,
  mayRollBack: (policy: Policy) => boolean,
  now: Date,
): Promise<RolloutView | null> {
  const [{ policy }, rollout, changes, lastDataAt] = await Promise.all([
    loadPolicy(),
    findRollout(rolloutId),
    listPhaseChanges(rolloutId, SHOWN_CHANGES),
    readLastDataAt(now),
  ]);
  const phase = rollout ? findPhase(policy, rolloutId, rollout.phase) : undefined;
  const rolloutPolicy = policy.rollouts[rolloutId];
  if (!rollout || !phase || !rolloutPolicy) return null;
  const shownChanges = changes.map(phaseChangeView);
  return {
    now: now.toISOString(),
    summary: await readRolloutSummary({ policy, rollout, phase, lastDataAt, now }),
    version: rollout.version,
    phases: phaseTimelineOf(policy, rolloutId, rollout.phase, shownChanges),
    rollback: rollbackOfferOf({
      policy,
      rolloutId,
      current: phase,
      previous: previousPhase(policy, rolloutId, rollout.phase),
      version: rollout.version,
      mayRollBack: mayRollBack(policy),
    }),
    changes: shownChanges,
    panels: rolloutPolicy.panels.flatMap((id) => {
      const panel = policy.panels[id];
      return panel ? [{ id, label: panel.label, kind: panel.kind }] : [];
    }),
    metricLabels: metricLabels(policy),
  };
}
