import { VerdictKindSchema } from '#lib/analyzer/index.ts';
import { database } from '#lib/database/server.ts';
import type { Actor } from '#lib/identity/index.ts';
import { readWindows } from '#lib/incidents/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { findRollout, listReviews, listStops } from '#lib/rollouts/server.ts';
import type { IncidentView, ReviewView, SafetyRecord } from './attention.schema.ts';
import { rightOf } from './reader.ts';
import { incidentViewOf, reviewViewOf, type WindowGlance } from './safety-record.ts';

const SHOWN_REVIEWS = 30;
const SHOWN_INCIDENTS = 50;

type IncidentRow = Awaited<ReturnType<typeof readIncidentRows>>[number];

/** Stops that have ended, reviews and incidents, newest first. Errors: PolicyError, the database's. */
export async function readSafetyRecord(actor: Actor, now: Date): Promise<SafetyRecord> {
  const { policy } = await loadPolicy();
  const signReview = rightOf(policy, actor, 'sign_review');
  const closeIncident = rightOf(policy, actor, 'close_incident');
  const [stops, reviews, incidents] = await Promise.all([
    listStops(now),
    readReviews(),
    readIncidents(policy),
  ]);
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

async function readIncidents(policy: Policy) {
  const [open, closed] = await Promise.all([readIncidentRows('open'), readIncidentRows('closed')]);
  const now = await Promise.all(open.map(async (row) => ({ row, ...(await readRecovery(policy, row)) })));
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

/** What decides whether an incident is over: see whyStillOpen in lib/incidents. */
async function readRecovery(policy: Policy, row: IncidentRow) {
  const { rolloutId } = row;
  const [rollout, windows, rollbackCount] = await Promise.all([
    findRollout(rolloutId),
    readWindows(database(), policy, row),
    database().rollbackRequest.count({ where: { rolloutId, state: 'open' } }),
  ]);
  return {
    windows: windows.map(
      (window): WindowGlance => ({
        ...window,
        verdict: VerdictKindSchema.parse(window.verdict),
      }),
    ),
    rollbackOpen: rollbackCount > 0,
    stepUnproven: rollout?.state === 'rolling_back' || rollout?.resumeState === 'rolling_back',
  };
}
