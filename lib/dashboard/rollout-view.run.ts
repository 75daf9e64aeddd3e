import { database } from '#lib/database/server.ts';
import { type Actor, can } from '#lib/identity/index.ts';
import { findPhase, previousPhase } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import type { PhaseChange } from '#lib/rollouts/index.ts';
import {
  checklistItems,
  countApprovals,
  decide,
  listPhaseChanges,
  listRollouts,
  loadDecisionFacts,
} from '#lib/rollouts/server.ts';
import { readBecause } from './because.store.ts';
import { readDecisionRows } from './decision-row.store.ts';
import { metricLabels, readLastDataAt, readRolloutSummary } from './overview.run.ts';
import { readPeoplesWords } from './people.store.ts';
import { approvalsOf, checklistsOf, promotionOf, signOffsOf, startOf } from './people.ts';
import type { Because, PhaseChangeView } from './phase-change.schema.ts';
import { phaseTimelineOf, rollbackOfferOf } from './phase-timeline.ts';
import type { RolloutView } from './rollout-view.schema.ts';
import { policyNames } from './summary.ts';
import { inPhase, whoGetsIt } from './who-gets-it.ts';

const SHOWN_CHANGES = 50;
const SHOWN_DECISIONS = 20;

/** A step as pages show it; `because` of those that were made by themselves. */
export function phaseChangeView(change: PhaseChange, because: Because | null = null): PhaseChangeView {
  const { id, kind, fromPhase, toPhase, trigger, reason, actorName, breakGlass, proof, provenAt } = change;
  return {
    id,
    kind,
    fromPhase,
    toPhase,
    trigger,
    reason,
    because,
    actorName,
    breakGlass,
    proof,
    provenAt,
    at: change.createdAt,
  };
}

/**
 * The rollout page for one reader: where it stands, what holds it, what people have said and what the reader may do; null
 * for a rollout that does not exist or stands in a phase the policy lacks. Errors: PolicyError, the database's.
 */
export async function readRolloutView(
  rolloutId: string,
  reader: Actor,
  now: Date,
): Promise<RolloutView | null> {
  const loaded = await loadPolicy();
  const { policy } = loaded;
  const [facts, changes, decisions, lastDataAt, rollouts] = await Promise.all([
    loadDecisionFacts(database(), loaded, rolloutId, now),
    listPhaseChanges(rolloutId, SHOWN_CHANGES),
    readDecisionRows(database(), rolloutId, SHOWN_DECISIONS),
    readLastDataAt(now),
    listRollouts(),
  ]);
  const rolloutPolicy = policy.rollouts[rolloutId];
  if (!facts || !rolloutPolicy) return null;
  const { rollout, phase } = facts;
  const decision = decide(facts);
  const [summary, words] = await Promise.all([
    readRolloutSummary(facts, decision, lastDataAt),
    readPeoplesWords(database(), rollout),
  ]);
  const behind = previousPhase(policy, rolloutId, rollout.phase);
  const known = rollouts.filter(({ id, phase: at }) => findPhase(policy, id, at) !== undefined);
  const after = (to: string | null) =>
    to === null ? null : whoGetsIt(policy, rolloutId, inPhase(known, rolloutId, to));
  const room = { facts, decision, words, reader };
  const count = countApprovals(phase.approvals, facts.approvals, { ...decision, now });
  const because = await readBecause(changes, policy);
  const shownChanges = changes.map((change) => phaseChangeView(change, because(change)));
  return {
    now: now.toISOString(),
    summary,
    version: rollout.version,
    verdictId: facts.verdicts[0]?.id ?? null,
    phases: phaseTimelineOf(policy, rolloutId, rollout.phase, shownChanges),
    getsIt: {
      now: whoGetsIt(policy, rolloutId, known),
      afterRollback: after(behind?.id ?? null),
      afterPromotion: after(
        rollout.state === 'preparing' || rollout.resumeState === 'preparing' ? phase.id : decision.toPhase,
      ),
    },
    rollback: rollbackOfferOf({
      policy,
      rolloutId,
      current: phase,
      previous: behind,
      version: rollout.version,
      mayRollBack: can(reader, 'roll_back', policy),
    }),
    start: startOf(room),
    promotion: promotionOf(room, count),
    approvals: approvalsOf(room, count),
    checklists: checklistsOf(room, (list) => checklistItems(list, facts)),
    signOffs: signOffsOf(room),
    decisions,
    names: policyNames(policy),
    changes: shownChanges,
    panels: rolloutPolicy.panels.flatMap((id) => {
      const panel = policy.panels[id];
      return panel ? [{ id, label: panel.label, kind: panel.kind }] : [];
    }),
    metricLabels: metricLabels(policy),
  };
}
