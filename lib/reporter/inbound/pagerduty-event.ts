import { z } from 'zod';

/** A webhook v3 about an incident: https://developer.pagerduty.com/docs/webhooks-overview */
const WebhookSchema = z.looseObject({
  event: z.looseObject({
    id: z.string().min(1).max(100),
    event_type: z.string(),
    occurred_at: z.iso.datetime({ offset: true }),
    agent: z.looseObject({ id: z.string().optional(), summary: z.string().optional() }).nullish(),
    data: z.looseObject({ incident_key: z.string().nullish(), html_url: z.string().nullish() }).nullish(),
  }),
});

const STATES = {
  'incident.triggered': 'triggered',
  'incident.acknowledged': 'acknowledged',
  'incident.unacknowledged': 'triggered',
  'incident.resolved': 'resolved',
  'incident.reopened': 'triggered',
} as const;
const OUR_KEY = /^phasegate:Incident-0*(\d{1,9})$/;

export type PagerDutyState = (typeof STATES)[keyof typeof STATES];

/** What PagerDuty says became of an incident of ours. */
export type PagerDutyNews = {
  eventId: string;
  eventType: string;
  incidentNumber: number;
  state: PagerDutyState;
  at: Date;
  agent: { id: string; name: string };
};

/** Reads a webhook. Null for what is not about an incident of ours; `malformed` where it is none of PagerDuty's. Pure. */
export function readPagerDutyWebhook(rawBody: string): PagerDutyNews | null | 'malformed' {
  const parsed = WebhookSchema.safeParse(jsonOf(rawBody));
  if (!parsed.success) return 'malformed';
  const { id, event_type: eventType, occurred_at, agent, data } = parsed.data.event;
  const number = OUR_KEY.exec(data?.incident_key ?? '')?.[1];
  const state = Object.entries(STATES).find(([type]) => type === eventType)?.[1];
  if (number === undefined || state === undefined) return null;
  return {
    eventId: id,
    eventType,
    incidentNumber: Number(number),
    state,
    at: new Date(occurred_at),
    agent: { id: `pagerduty:${agent?.id ?? 'unknown'}`, name: agent?.summary ?? 'PagerDuty' },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no event: refused like any other text that is none
  }
}

/** One thing PagerDuty said, as it is on record. */
export type PagerDutyWord = { eventId: string; state: PagerDutyState; at: Date; by: string };

/**
 * How an incident stands at PagerDuty, from everything it has said, in whatever order that arrived: the newest word counts,
 * and whoever acknowledged last since it was opened again. Null before the first word. Pure.
 */
export function pagerDutyStanding(
  words: readonly PagerDutyWord[],
): { state: PagerDutyState; acknowledgedBy: string | null } | null {
  const inOrder = [...words].sort(
    (a, b) => a.at.getTime() - b.at.getTime() || (a.eventId < b.eventId ? -1 : 1),
  );
  const newest = inOrder.at(-1);
  if (!newest) return null;
  let acknowledgedBy: string | null = null;
  for (const { state, by } of inOrder) {
    if (state === 'acknowledged') acknowledgedBy = by;
    if (state === 'triggered') acknowledgedBy = null;
  }
  return { state: newest.state, acknowledgedBy };
}
