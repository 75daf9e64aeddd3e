import { isRetryable, resultOfNetworkError, retryAfterSeconds, type SendResult } from '../send-result.ts';

const TIMEOUT_MS = 10_000;

/** An event of PagerDuty's Events API v2. A key makes a repeat harmless: the same incident, never a second one. */
export type PagerDutyEvent = {
  action: 'trigger' | 'acknowledge' | 'resolve';
  dedupKey: string;
  summary: string;
  severity: 'critical' | 'error' | 'warning' | 'info';
  source: string;
  details: Record<string, string>;
  links: readonly { href: string; text: string }[];
};
export type PagerDutyChange = Pick<PagerDutyEvent, 'summary' | 'source' | 'details' | 'links'> & { at: Date };

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
    send: ({ action, dedupKey, summary, severity, source, details, links }) =>
      post(
        '/v2/enqueue',
        {
          event_action: action,
          dedup_key: dedupKey,
          // Only a trigger carries a payload (Events API v2).
          ...(action === 'trigger'
            ? { payload: { summary, severity, source, custom_details: details }, links, client: 'Phasegate' }
            : {}),
        },
        { dedup_key: dedupKey },
      ),
    change: ({ summary, source, details, links, at }) =>
      post(
        '/v2/change/enqueue',
        { payload: { summary, source, timestamp: at.toISOString(), custom_details: details }, links },
        {},
      ),
  };
}

async function call(url: string, body: object, ref: Record<string, string>): Promise<SendResult> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { status } = response;
    const text = (await response.text()).slice(0, 500);
    if (response.ok) return { outcome: 'delivered', ref, httpStatus: status };
    if (!isRetryable(status))
      return { outcome: 'failed', error: `HTTP ${status} ${text}`, httpStatus: status };
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
