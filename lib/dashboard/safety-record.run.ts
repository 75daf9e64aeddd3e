import { VerdictKindSchema } from '#lib/analyzer/index.ts';
import { database } from '#lib/database/server.ts';
import type { Actor } from '#lib/identity/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { listReviews } from '#lib/rollouts/server.ts';
import type { IncidentView, ReviewView, SafetyRecord } from './attention.schema.ts';
import { rightOf } from './reader.ts';
import { incidentViewOf, reviewViewOf, type WindowGlance } from './safety-record.ts';
import { stopOf } from './stop-view.ts';

const SHOWN_STOPS = 30;
const SHOWN_REVIEWS = 30;
const SHOWN_INCIDENTS = 50;
/** An incident is closed on the word of the newest windows; this many are shown beside it. */
const SHOWN_WINDOWS = 4;

/** Stops that have ended, reviews and incidents, newest first. Errors: PolicyError, the database's. */
export async function readSafetyRecord(actor: Actor, now: Date): Promise<SafetyRecord> {
  const { policy } = await loadPolicy();
  const signReview = rightOf(policy, actor, 'sign_review');
  const closeIncident = rightOf(policy, actor, 'close_incident');
  const [stops, reviews, incidents] = await Promise.all([
    database().stopOrder.findMany({
      where: { OR: [{ endedAt: { not: null } }, { endsAt: { lte: now } }] },
      orderBy: { epoch: 'desc' },
      take: SHOWN_STOPS,
      include: { releases: { orderBy: { givenAt: 'asc' } } },
    }),
    readReviews(),
    readIncidents(),
  ]);
  return {
    now: now.toISOString(),
    endedStops: stops.map((row) => stopOf(row, policy, now)),
    reviews: reviews.map(
      ({ review, step }): ReviewView =>
        reviewViewOf({ review, step, policy, readerId: actor.id, maySign: signReview.allowed }),
    ),
    incidents: incidents.map(
      ({ row, windows }): IncidentView =>
        incidentViewOf({ row, windows, policy, mayClose: closeIncident.allowed }),
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
  const [open, closed] = await Promise.all(
    (['open', 'closed'] as const).map((state) =>
      database().incident.findMany({
        where: { state },
        orderBy: { number: 'desc' },
        take: SHOWN_INCIDENTS,
      }),
    ),
  );
  const rollouts = [...new Set((open ?? []).map(({ rolloutId }) => rolloutId))];
  const windows = new Map(
    await Promise.all(rollouts.map(async (id) => [id, await readWindows(id)] as const)),
  );
  return [...(open ?? []), ...(closed ?? [])].map((row) => ({
    row,
    windows: row.state === 'open' ? (windows.get(row.rolloutId) ?? []) : [],
  }));
}

async function readWindows(rolloutId: string): Promise<WindowGlance[]> {
  const rows = await database().verdict.findMany({
    where: { rolloutId, isLatest: true },
    orderBy: { windowStart: 'desc' },
    take: SHOWN_WINDOWS,
    select: { windowStart: true, windowEnd: true, verdict: true, sloMet: true },
  });
  return rows.map((row) => ({ ...row, verdict: VerdictKindSchema.parse(row.verdict) }));
}
