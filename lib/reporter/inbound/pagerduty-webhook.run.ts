import { z } from 'zod';
import { env } from '#lib/config/server.ts';
import { inTransaction, publishLive, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import { isPagerDutySignature } from '#lib/integrations/index.ts';
import {
  type PagerDutyNews,
  type PagerDutyWord,
  pagerDutyStanding,
  readPagerDutyWebhook,
} from './pagerduty-event.ts';

const DetailsSchema = z.looseObject({ state: z.enum(['triggered', 'acknowledged', 'resolved']) });
const KEY = 'pagerduty:';

/**
 * Takes what PagerDuty says about an incident of ours (INC-1): acknowledged, resolved, opened again. What it said is kept in the
 * incident's timeline, once; how the incident stands follows from all of it, so that duplicates and words that arrive late
 * change nothing they should not. Keys that are not ours are accepted and ignored.
 * Errors: AppError UNAUTHENTICATED `signature_invalid`; VALIDATION for what is no webhook v3.
 */
export async function takePagerDutyWebhook(request: {
  signature: string | null;
  rawBody: string;
  now: Date;
}): Promise<void> {
  if (!isPagerDutySignature(request.signature, request.rawBody, env().channels.pagerDutyWebhookSecrets))
    throw new AppError('UNAUTHENTICATED', 'This does not come from PagerDuty.', {
      reason: 'signature_invalid',
    });
  const news = readPagerDutyWebhook(request.rawBody);
  if (news === 'malformed')
    throw new AppError('VALIDATION', 'This is no webhook of PagerDuty.', { reason: 'malformed' });
  if (news !== null) await inTransaction((tx) => keep(tx, news, request.now));
}

async function keep(tx: Transaction, news: PagerDutyNews, now: Date): Promise<void> {
  // One after the other for each incident: how it stands is made of all that is on record.
  const [incident] = await tx.$queryRaw<{ id: string; rolloutId: string }[]>`
    SELECT id::text, rollout_id AS "rolloutId" FROM incident WHERE number = ${news.incidentNumber} FOR UPDATE`;
  if (!incident) return;
  const { count } = await tx.incidentEvent.createMany({
    data: {
      incidentId: incident.id,
      at: news.at,
      kind: 'pagerduty',
      actorName: news.agent.name,
      details: { state: news.state, event: news.eventType },
      dedupKey: `${KEY}${news.eventId}`,
    },
    skipDuplicates: true,
  });
  if (count === 0) return;
  const standing = pagerDutyStanding(await wordsOf(tx, incident.id));
  if (!standing) return;
  await tx.incident.update({
    where: { id: incident.id },
    data: { pagerdutyState: standing.state, pagerdutyAcknowledgedBy: standing.acknowledgedBy },
  });
  await publishLive(tx, { topic: 'incident', rolloutId: incident.rolloutId });
  await appendAudit(tx, {
    actor: news.agent,
    action: `incident.pagerduty_${news.state}`,
    subject: `incident:${incident.id}`,
    reason: news.eventType,
    details: { number: news.incidentNumber, event: news.eventId, occurredAt: news.at.toISOString() },
    at: now,
  });
}

async function wordsOf(tx: Transaction, incidentId: string): Promise<PagerDutyWord[]> {
  const rows = await tx.incidentEvent.findMany({
    where: { incidentId, kind: 'pagerduty', dedupKey: { startsWith: KEY } },
  });
  return rows.map(({ at, actorName, details, dedupKey }) => ({
    eventId: dedupKey.slice(KEY.length),
    state: DetailsSchema.parse(details).state,
    at,
    by: actorName,
  }));
}
