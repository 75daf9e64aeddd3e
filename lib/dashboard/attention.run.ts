import { database } from '#lib/database/server.ts';
import type { Actor } from '#lib/identity/index.ts';
import { findPhase, type LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import type { Rollout } from '#lib/rollouts/index.ts';
import {
  decide,
  listReviews,
  listRollouts,
  listStops,
  loadDecisionFacts,
  planClimb,
} from '#lib/rollouts/server.ts';
import type { Attention } from './attention.schema.ts';
import type { Look } from './overview.run.ts';
import { plannedFreezesOf } from './planned-freezes.ts';
import { rightOf } from './reader.ts';
import { labelOf, type RolloutFacts, tasksOf } from './tasks.ts';

/**
 * What every page says first: what is stopped, and what waits for the reader. `look`: of somebody who has looked at the
 * rollouts already. Errors: PolicyError, the database's.
 */
export async function readAttention(actor: Actor, now: Date, look?: Look): Promise<Attention> {
  const [loaded, rollouts, reviews, stops, openIncidentCount] = await Promise.all([
    loadPolicy(),
    listRollouts(),
    listReviews('open'),
    listStops(now),
    database().incident.count({ where: { state: 'open' } }),
  ]);
  const { policy } = loaded;
  const known = Object.keys(policy.rollouts).flatMap((id) => rollouts.filter((rollout) => rollout.id === id));
  const facts = await Promise.all(known.map((rollout) => readFacts(loaded, rollout, actor, now, look)));
  return {
    now: now.toISOString(),
    readerId: actor.id,
    stops: stops.inForce,
    outside: stops.outside,
    freezes: plannedFreezesOf(policy, stops.calendar),
    tasks: tasksOf({
      actor,
      policy,
      rollouts: facts.flatMap((each) => each ?? []),
      stops: stops.inForce,
      reviews,
    }),
    openIncidentCount,
    rollouts: known.map(({ id }) => ({ id, label: labelOf(policy, id) ?? { ja: id, en: id } })),
    rights: {
      halt: rightOf(policy, actor, 'halt'),
      rearm: rightOf(policy, actor, 'rearm'),
      freeze: rightOf(policy, actor, 'freeze'),
      collection: rightOf(policy, actor, 'pause_collection'),
    },
    rearmSigners: policy.signatures.rearmSigners,
    reviewSigners: policy.signatures.reviewSigners,
  };
}

async function readFacts(
  loaded: LoadedPolicy,
  rollout: Rollout,
  actor: Actor,
  now: Date,
  look: Look | undefined,
): Promise<RolloutFacts | null> {
  const phase = findPhase(loaded.policy, rollout.id, rollout.phase);
  if (!phase) return null;
  const [facts, request, vote, incident] = await Promise.all([
    look?.(rollout.id) ?? loadDecisionFacts(database(), loaded, rollout.id, now),
    database().rollbackRequest.findFirst({
      where: { rolloutId: rollout.id, state: 'open', mode: { not: 'shadow' } },
      orderBy: { openedAt: 'desc' },
      select: { id: true, toPhase: true, openedAt: true, dueAt: true },
    }),
    database().rolloutApproval.findFirst({
      where: {
        rolloutId: rollout.id,
        rolloutVersion: rollout.version,
        personId: actor.id,
        endedAt: null,
        OR: [{ expiresAt: null }, { expiresAt: { gt: now } }],
      },
      select: { id: true },
    }),
    database().incident.findFirst({
      where: { rolloutId: rollout.id, cause: 'not_recovered', state: 'open' },
      select: { id: true },
    }),
  ]);
  return {
    rollout,
    phase,
    decision: facts && decide(facts),
    request,
    votedByReader: vote !== null,
    notRecovered: incident !== null,
    mayRestart: facts !== null && planClimb('restart', facts, actor.roles).plan === 'climb',
  };
}
