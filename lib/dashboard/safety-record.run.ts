import { VerdictKindSchema } from '#lib/analyzer/index.ts';
import { database } from '#lib/database/server.ts';
import type { Actor } from '#lib/identity/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { findRollout, listReviews, listStops } from '#lib/rollouts/server.ts';
import type { IncidentView, ReviewView, SafetyRecord } from './attention.schema.ts';
import { rightOf } from './reader.ts';
import { incidentViewOf, reviewViewOf, type WindowGlance } from './safety-record.ts';

const SHOWN_REVIEWS = 30;
const SHOWN_INCIDENTS = 50;
/** Windows that cannot tell are passed over; a night of them is looked through. */
const LOOKED_AT_WINDOWS = 100;

/** Stops that have ended, reviews and incidents, newest first. Errors: PolicyError, the database's. */
export async function readSafetyRecord(actor: Actor, now: Date): Promise<SafetyRecord> {
  const { policy } = await loadPolicy();
  const signReview = rightOf(policy, actor, 'sign_review');
  const closeIncident = rightOf(policy, actor, 'close_incident');
  const [stops, reviews, incidents] = await Promise.all([listStops(now), readReviews(), readIncidents()]);
  return {
    now: now.toISOString(),
    endedStops: stops.history,
    reviews: reviews.map(
      ({ review, step }): ReviewView =>
        reviewViewOf({ review, step, policy, readerId: actor.id, maySign: signReview.allowed }),
    ),
    incidents: incidents.map(
      (facts): IncidentView => incidentViewOf({ ...facts, policy, mayClose: closeIncident.allowed }),
    ),
    rights: { signReview, closeIncident },
  };
}

async function readReviews() {
  const [open, all] = await Promise.all([listReviews('open'), listReviews('all')]);
  const closed = all.filter(({ closedAt }) => closedAt !== null).slice(0, SHOWN_REVIEWS);
  const shown = [...open, ...closed];
  const ids = shown.flatMap(({ subject }) => subject.match(/^phase_change:(.+)$/)?.[1] ?? []);
  const steps = await database().phaseChange.findMany({
    where: { id: { in: ids } },
    select: { id: true, fromPhase: true, toPhase: true },
  });
  return shown.map((review) => {
    const step = steps.find(({ id }) => review.subject === `phase_change:${id}`);
    return { review, step: step ? { fromPhase: step.fromPhase, toPhase: step.toPhase } : null };
  });
}

async function readIncidents() {
  const [open, closed] = await Promise.all([readIncidentRows('open'), readIncidentRows('closed')]);
  const now = await Promise.all(
    open.map(async (row) => ({ row, ...(await readRecovery(row.rolloutId, row.openedAt)) })),
  );
  const past = closed.map((row) => ({ row, windows: [], rollbackOpen: false, stepUnproven: false }));
  return [...now, ...past];
}

function readIncidentRows(state: 'open' | 'closed') {
  return database().incident.findMany({
    where: { state },
    orderBy: { number: 'desc' },
    take: SHOWN_INCIDENTS,
  });
}

/** What decides whether an incident of the rollout is over: see whyStillOpen in lib/incidents. */
async function readRecovery(rolloutId: string, openedAt: Date) {
  const rollout = await findRollout(rolloutId);
  const [windows, rollbackCount] = await Promise.all([
    database().verdict.findMany({
      where: {
        rolloutId,
        isLatest: true,
        windowEnd: { gt: openedAt },
        ...(rollout ? { phase: rollout.phase } : {}),
      },
      orderBy: { windowStart: 'desc' },
      take: LOOKED_AT_WINDOWS,
      select: { windowStart: true, windowEnd: true, verdict: true, sloMet: true },
    }),
    database().rollbackRequest.count({ where: { rolloutId, state: 'open' } }),
  ]);
  return {
    windows: windows.map((row): WindowGlance => ({ ...row, verdict: VerdictKindSchema.parse(row.verdict) })),
    rollbackOpen: rollbackCount > 0,
    stepUnproven: rollout?.state === 'rolling_back' || rollout?.resumeState === 'rolling_back',
  };
}
