import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { PhaseVerdict } from '#lib/analyzer/index.ts';
import { type Database, database, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { findPhase, type LoadedPolicy, type Phase, type Policy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { type Decision, modeOfDemand, type Rollout, type Trigger } from '#lib/rollouts/index.ts';
import {
  decide,
  findRollout,
  loadDecisionFacts,
  openRequiredRollback,
  rollBack,
} from '#lib/rollouts/server.ts';
import { firedMessages } from './fired-messages.ts';
import { keepRehearsal } from './keep-rehearsal.run.ts';
import { playBreach } from './play-breach.run.ts';
import type { Rehearsal, RehearsalRequest } from './rehearsal.schema.ts';
import { factsOf } from './rehearsed-facts.ts';
import { stagesOf } from './stages.ts';
import { type RehearsalRefusal, whyNotNow } from './why-not-now.ts';
import { messagesOf } from './would-be-told.run.ts';

export type RehearseCommand = RehearsalRequest & {
  rolloutId: string;
  actor: { id: string; name: string };
  trigger: Trigger;
  now: Date;
};

/**
 * Plays a breach of the phase a rollout is in from telemetry to messages, by the real parts, and changes no flag, verdict,
 * request or phase (ROL-8, COL-7). Leaves a report as row and file, and an audit row tagged dry_run. With `deliver` its
 * messages are really sent, each marked. Errors: AppError NOT_FOUND; CONFLICT `incident_open`, `rollback_open`, `halted`,
 * `not_started`, `step_unproven`; UNPROCESSABLE `nothing_to_break`.
 */
export async function rehearse(command: RehearseCommand): Promise<Rehearsal> {
  const loaded = await loadPolicy();
  const { rollout, phase } = await requireQuiet(loaded.policy, command.rolloutId);
  const id = randomUUID();
  const windowEnd = lastWindowEnd(loaded.policy, command.now);
  const clock = playedClock(windowEnd, command.latency ?? 0);
  const breach = await playBreach(loaded, {
    rolloutId: rollout.id,
    phase: phase.id,
    windowEnd,
    breach: command.breach,
    metric: command.metric,
    latencySeconds: command.latency ?? null,
  });
  const judgedAt = clock.at();
  const decision = await decideAsIf(loaded, { id, rollout, verdict: breach.verdict, now: command.now });
  const demand = decision.rollback
    ? { toPhase: decision.rollback.toPhase, ...modeOfDemand(phase, decision.rollback, judgedAt) }
    : null;
  const rollback = demand ? await stepBackAsIf(command, rollout) : { outcome: 'not_required' as const };
  const facts = factsOf(loaded.policy, { command, id, phase, breach, demand, rollback, judgedAt });
  const toldAt = clock.at();
  const delayed = (command.latency ?? 0) > loaded.policy.cycle.delayedAfterSeconds;
  const fired = firedMessages({
    rehearsalId: id,
    windowStart: new Date(facts.verdict.windowStart),
    delaySeconds: delayed ? (command.latency ?? 0) : null,
    breached: breach.verdict.breach,
    mode: demand?.mode ?? null,
    steps: rollback.outcome === 'would_roll_back',
    toldAt,
    dueAt: demand?.dueAt ?? null,
    closedAt: new Date(facts.incident.closedAt ?? toldAt),
  });
  const stages = stagesOf({
    policy: loaded.policy,
    windowEnd,
    collectedAt: clock.collectedAt,
    judgedAt,
    toldAt,
    rollbackDueAt: demand?.dueAt ?? null,
    incidentOpened: demand !== null && demand.mode !== 'shadow',
  });
  const played: Omit<Rehearsal, 'path'> = {
    id,
    dryRun: true,
    rolloutId: rollout.id,
    phase: phase.id,
    playedAt: command.now.toISOString(),
    by: command.actor.name,
    simulated: { metric: breach.metric, latencySeconds: command.latency ?? null, lines: breach.lines },
    window: breach.verdict.window,
    verdict: {
      verdict: breach.verdict.verdict,
      rollbackRequired: breach.verdict.rollback_required,
      metrics: breach.verdict.metrics
        .filter(({ limit, shadow }) => limit !== null && !shadow)
        .map(({ metric, value, limit, verdict }) => ({ metric, value, limit, verdict })),
    },
    decision: decision.decision,
    demand: demand && { ...demand, dueAt: demand.dueAt?.toISOString() ?? null },
    rollback,
    fired: fired.map(({ cause, when, at }) => ({ kind: cause.kind, when, at: at.toISOString() })),
    stages,
    late: stages.filter(({ late }) => late).map(({ stage }) => stage),
    messages: await messagesOf(loaded.policy, fired, facts),
    delivered: command.deliver,
  };
  return await keepRehearsal(loaded.policy, command, played, {
    facts,
    fired,
    // What became real meanwhile ends it: nothing of it is kept or sent beside the real thing.
    stillQuiet: (tx) => requireQuiet(loaded.policy, rollout.id, tx),
  });
}

/** The rollout and its phase, if nothing real is going on there. */
async function requireQuiet(
  policy: Policy,
  rolloutId: string,
  reader: Transaction | Database = database(),
): Promise<{ rollout: Rollout; phase: Phase }> {
  const rollout = await findRollout(rolloutId, reader);
  if (!rollout) throw new AppError('NOT_FOUND', `rollout ${rolloutId} does not exist`);
  const phase = findPhase(policy, rolloutId, rollout.phase);
  if (!phase)
    throw new AppError('CONFLICT', `${rolloutId} is in ${rollout.phase}, which the policy no longer has`, {
      reason: 'phase_unknown',
    });
  const refusal = whyNotNow({
    state: rollout.state,
    rollbackOpen: (await openRequiredRollback(rolloutId, reader)) !== null,
    incidentOpen: (await reader.incident.count({ where: { rolloutId, state: 'open' } })) > 0,
  });
  if (refusal)
    throw new AppError('CONFLICT', `${rolloutId} is not rehearsed on now: ${REFUSALS[refusal]}`, {
      reason: refusal,
    });
  return { rollout, phase };
}

const REFUSALS: Readonly<Record<RehearsalRefusal, string>> = {
  incident_open: 'a real incident is open',
  rollback_open: 'a required rollback waits for its decision',
  halted: 'a kill switch is pressed',
  not_started: 'it has not been started',
  step_unproven: 'a step is being read back',
};

function lastWindowEnd(policy: Policy, now: Date): Date {
  const windowMs = policy.cycle.windowSeconds * 1000;
  return new Date(Math.floor(now.getTime() / windowMs) * windowMs);
}

/** Time as it is played: from the window's end, past the collection that was simulated, at the pace things really take. */
function playedClock(windowEnd: Date, latencySeconds: number) {
  const begun = performance.now();
  const collectedAt = new Date(windowEnd.getTime() + latencySeconds * 1000);
  return {
    collectedAt,
    at: () => new Date(collectedAt.getTime() + Math.round(performance.now() - begun)),
  };
}

/** The real decision of the real facts, but for the verdict. */
async function decideAsIf(
  loaded: LoadedPolicy,
  played: { id: string; rollout: Rollout; verdict: PhaseVerdict; now: Date },
): Promise<Decision> {
  const { id, rollout, verdict, now } = played;
  const facts = await loadDecisionFacts(database(), loaded, rollout.id, now);
  if (!facts) throw new AppError('NOT_FOUND', `rollout ${rollout.id} does not exist`);
  const windowStart = new Date(verdict.window.start);
  const windowEnd = new Date(verdict.window.end);
  return decide({
    ...facts,
    metrics: verdict.metrics,
    newestCollectedWindowEnd: windowEnd,
    verdicts: [
      {
        id,
        windowStart,
        windowEnd,
        verdict: verdict.verdict,
        sloMet: verdict.slo_met,
        rollbackRequired: verdict.rollback_required,
        sameRules: true,
      },
      ...facts.verdicts.filter((each) => each.windowStart < windowStart),
    ],
  });
}

/** The step back as the button would make it, as a dry run. */
async function stepBackAsIf(command: RehearseCommand, rollout: Rollout): Promise<Rehearsal['rollback']> {
  try {
    const outcome = await rollBack({
      rolloutId: rollout.id,
      fromPhase: rollout.phase,
      expectedVersion: rollout.version,
      reason: 'rehearsal',
      trigger: command.trigger,
      actor: command.actor,
      dryRun: true,
      now: command.now,
    });
    if (outcome.outcome === 'would_roll_back') return outcome;
    return { outcome: 'refused', reason: 'moved_on' };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { outcome: 'refused', reason: error.reason ?? error.code };
  }
}
