import { z } from 'zod';
import { outboundFetch } from '../outbound-fetch.client.ts';
import { pagerDutyWords } from '../remedies.ts';
import { isRetryable, resultOfNetworkError, retryAfterSeconds, type SendResult } from '../send-result.ts';

const TIMEOUT_MS = 10_000;
const SUMMARY_LIMIT = 1024;
const DETAIL_LIMIT = 16_384; // each; all of them may be 512 KB
/** What PagerDuty says of an event it has taken: anything else may come from a portal or a proxy on the way. */
const TakenSchema = z.looseObject({ status: z.literal('success') });

/** An event of PagerDuty's Events API v2. A key makes a repeat harmless: the same incident, never a second one. */
export type PagerDutyEvent = {
  action: 'trigger' | 'acknowledge' | 'resolve';
  dedupKey: string;
  summary: string;
  severity: 'critical' | 'error' | 'warning' | 'info';
  source: string;
  details: Record<string, string>;
  links: readonly { href: string; text: string }[];
  at: Date;
  /** What it is about, for the rules of whoever routes events there. */
  component?: string | undefined;
  group?: string | undefined;
  class?: string | undefined;
  clientUrl: string;
};
export type PagerDutyChange = Pick<PagerDutyEvent, 'summary' | 'source' | 'details' | 'links' | 'at'>;

export type PagerDuty = {
  send(event: PagerDutyEvent): Promise<SendResult>;
  change(event: PagerDutyChange): Promise<SendResult>;
};

/** A client of one service's integration (Events API v2). It never retries by itself: the outbox decides when. */
export function pagerDutyClient(config: { routingKey: string; eventsUrl: string }): PagerDuty {
  const { routingKey } = config;
  const post = (path: string, body: object, ref: Record<string, string>) =>
    call(`${config.eventsUrl}${path}`, { routing_key: routingKey, ...body }, ref);
  return {
    send: ({ action, dedupKey, severity, links, component, group, class: kind, clientUrl, ...event }) =>
      post(
        '/v2/enqueue',
        {
          event_action: action,
          dedup_key: dedupKey,
          // Only a trigger carries a payload (Events API v2).
          ...(action === 'trigger'
            ? {
                payload: { ...payloadOf(event), severity, component, group, class: kind },
                links,
                client: 'Phasegate',
                client_url: clientUrl,
              }
            : {}),
        },
        { dedup_key: dedupKey },
      ),
    change: ({ links, ...event }) => post('/v2/change/enqueue', { payload: payloadOf(event), links }, {}),
  };
}

/** Cut to what PagerDuty takes, between characters: half of one would be refused. */
const cut = (text: string, limit: number): string => {
  const part = text.slice(0, limit);
  return part.isWellFormed() ? part : part.slice(0, -1);
};

const payloadOf = ({ summary, source, details, at }: Omit<PagerDutyChange, 'links'>) => ({
  summary: cut(summary, SUMMARY_LIMIT),
  source,
  timestamp: at.toISOString(),
  custom_details: Object.fromEntries(
    Object.entries(details).map(([name, value]) => [name, cut(value, DETAIL_LIMIT)]),
  ),
});

async function call(url: string, body: object, ref: Record<string, string>): Promise<SendResult> {
  try {
    const response = await outboundFetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { status } = response;
    const text = await response.text();
    if (response.ok)
      return hasTaken(text)
        ? { outcome: 'delivered', ref, httpStatus: status }
        : { outcome: 'unknown', error: 'PagerDuty’s answer could not be read', httpStatus: status };
    if (!isRetryable(status))
      return { outcome: 'failed', error: pagerDutyWords(status, text.slice(0, 500)), httpStatus: status };
    return {
      outcome: 'retry',
      error: `HTTP ${status}`,
      httpStatus: status,
      retryAfterSeconds: retryAfterSeconds(response.headers.get('retry-after'), new Date()),
    };
  } catch (error) {
    return resultOfNetworkError(error);
  }
}

function hasTaken(text: string): boolean {
  try {
    return TakenSchema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
