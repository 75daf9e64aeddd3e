import { outboundFetch } from '../outbound-fetch.client.ts';
import { slackWords } from '../remedies.ts';
import {
  isAmbiguous,
  isRetryable,
  resultOfNetworkError,
  retryAfterSeconds,
  type SendResult,
} from '../send-result.ts';
import { toApiBlock } from './api-block.ts';
import { type SlackBlock, shortText } from './slack-post.ts';

const TIMEOUT_MS = 10_000;

/**
 * Posts through an incoming webhook, for whoever has no bot token (REP-1). It gives no timestamp, so nothing that was posted
 * can be looked for, answered in its thread or changed: buttons that ask are left out, links stay. It never retries by
 * itself: the outbox decides when.
 */
export async function postThroughWebhook(
  url: string,
  post: { text: string; blocks: readonly SlackBlock[] },
): Promise<SendResult> {
  try {
    const response = await outboundFetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        text: shortText(post.text),
        blocks: post.blocks.flatMap(withoutQuestions).map(toApiBlock),
        unfurl_links: false,
        unfurl_media: false,
      }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { status: httpStatus } = response;
    const answer = (await response.text()).slice(0, 200);
    if (response.ok)
      return answer === 'ok'
        ? { outcome: 'delivered', ref: {}, httpStatus }
        : { outcome: 'unknown', error: 'Slack’s answer could not be read', httpStatus };
    const error = `HTTP ${httpStatus} ${answer}`.trim();
    if (isAmbiguous(httpStatus)) return { outcome: 'unknown', error, httpStatus };
    if (!isRetryable(httpStatus))
      return { outcome: 'failed', error: `HTTP ${httpStatus} ${slackWords(answer)}`.trim(), httpStatus };
    const asked = retryAfterSeconds(response.headers.get('retry-after'), new Date());
    return { outcome: 'retry', error, httpStatus, retryAfterSeconds: asked };
  } catch (error) {
    return resultOfNetworkError(error);
  }
}

function withoutQuestions(block: SlackBlock): SlackBlock[] {
  if (block.type !== 'buttons') return [block];
  const buttons = block.buttons.filter(({ url }) => url !== undefined);
  return buttons.length > 0 ? [{ ...block, buttons }] : [];
}
