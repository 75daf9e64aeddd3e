import { database } from '#lib/database/server.ts';
import type { Actor } from '#lib/identity/index.ts';
import { findPhase, type Policy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import type { Rollout } from '#lib/rollouts/index.ts';
import { currentDecision, freezeInForce, listReviews, listRollouts } from '#lib/rollouts/server.ts';
import type { Attention } from './attention.schema.ts';
import { rightOf } from './reader.ts';
import { plannedFreezesOf, stopOf } from './stop-view.ts';
import { labelOf, type RolloutFacts, tasksOf } from './tasks.ts';

/** What every page says first: what is stopped, and what waits for the reader. Errors: PolicyError, the database's. */
export async function readAttention(actor: Actor, now: Date): Promise<Attention> {
  const [{ policy }, rollouts, reviews, stopRows, openIncidentCount] = await Promise.all([
    loadPolicy(),
    listRollouts(),
    listReviews('open'),
    database().stopOrder.findMany({
      where: { endedAt: null, OR: [{ endsAt: null }, { endsAt: { gt: now } }] },
      orderBy: { epoch: 'desc' },
      include: { releases: { orderBy: { givenAt: 'asc' } } },
    }),
    database().incident.count({ where: { state: 'open' } }),
  ]);
  const known = Object.keys(policy.rollouts).flatMap((id) => rollouts.filter((rollout) => rollout.id === id));
  const facts = await Promise.all(known.map((rollout) => readFacts(policy, rollout, actor, now)));
  const stops = stopRows.map((row) => stopOf(row, policy, now));
  return {
    now: now.toISOString(),
    readerId: actor.id,
    stops,
    outside: null,
    freezes: plannedFreezesOf(
      policy,
      known.flatMap(({ id }) => {
        const freeze = freezeInForce(policy, id, now);
        return freeze ? [{ rolloutId: id, freeze }] : [];
      }),
      known.length,
    ),
    tasks: tasksOf({ actor, policy, rollouts: facts.flatMap((each) => each ?? []), stops, reviews, now }),
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
  policy: Policy,
  rollout: Rollout,
  actor: Actor,
  now: Date,
): Promise<RolloutFacts | null> {
  const phase = findPhase(policy, rollout.id, rollout.phase);
  if (!phase) return null;
  const [decision, request, vote, incident] = await Promise.all([
    currentDecision(rollout.id, now),
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
  return { rollout, phase, decision, request, votedByReader: vote !== null, notRecovered: incident !== null };
}
