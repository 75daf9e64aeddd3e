import {
  ErrorCode,
  LogLevel,
  SlackError,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebClient,
} from '@slack/web-api';
import {
  isAmbiguous,
  isRetryable,
  type Observation,
  resultOfNetworkError,
  type SendResult,
} from '../send-result.ts';
import type { SlackBlock, SlackEdit, SlackPost, SlackWhisper } from './slack-post.ts';

const TIMEOUT_MS = 10_000;
const EVENT_TYPE = 'phasegate_delivery';
const LOOK_BACK_MESSAGES = 100;
const RATE_LIMITED = new Set(['ratelimited', 'rate_limited']);
/** Slack's own troubles: they pass, and "some aspect of the operation" may have succeeded all the same. */
const OPEN = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout']);
/** What an error of theirs looks like; anything else is an answer that could not be read. */
const ERROR_NAME = /^[a-z0-9_.]{1,80}$/i;

export type SlackConfig = { token: string; apiUrl?: string | undefined };

/** Slack through its Web API: posts, their permalinks and later changes, and whether an earlier post has arrived. */
export type Slack = {
  post(post: SlackPost): Promise<SendResult>;
  observe(post: SlackPost): Promise<Observation>;
  /** Safe to repeat. */
  edit(edit: SlackEdit): Promise<SendResult>;
  whisper(whisper: SlackWhisper): Promise<SendResult>;
};

/** A client of one workspace. It never retries by itself: the outbox decides when. */
export function slackClient(config: SlackConfig): Slack {
  const client = new WebClient(config.token, {
    ...(config.apiUrl ? { slackApiUrl: config.apiUrl } : {}),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: TIMEOUT_MS,
    logLevel: LogLevel.ERROR,
  });
  return {
    async post(post) {
      try {
        const answer = await client.chat.postMessage({
          channel: post.channel.replace(/^#/, ''), // Slack takes names with and without it, others only without
          text: post.text,
          blocks: post.blocks.map(toApiBlock),
          unfurl_links: false,
          unfurl_media: false,
          metadata: { event_type: EVENT_TYPE, event_payload: { delivery: post.deliveryId } },
          ...(post.threadTs ? { thread_ts: post.threadTs } : {}),
        });
        if (!answer.ts || !answer.channel)
          return { outcome: 'unknown', error: 'Slack answered without a timestamp' };
        return {
          outcome: 'delivered',
          httpStatus: 200,
          ref: {
            channel: answer.channel,
            ts: answer.ts,
            ...(await permalink(client, answer.channel, answer.ts)),
          },
        };
      } catch (error) {
        return resultOfError(error);
      }
    },
    async edit({ channel, ts, text, blocks }) {
      try {
        await client.chat.update({ channel, ts, text, blocks: blocks.map(toApiBlock) });
        return { outcome: 'delivered', httpStatus: 200, ref: { channel, ts } };
      } catch (error) {
        return resultOfError(error);
      }
    },
    async whisper({ channel, user, text, threadTs }) {
      try {
        await client.chat.postEphemeral({
          channel,
          user,
          text,
          ...(threadTs ? { thread_ts: threadTs } : {}),
        });
        return { outcome: 'delivered', httpStatus: 200, ref: { channel, user } };
      } catch (error) {
        return resultOfError(error);
      }
    },
    async observe(post) {
      try {
        const channel = await channelId(client, post.channel);
        if (channel === null) return { found: false };
        const { messages = [] } = post.threadTs
          ? await client.conversations.replies({
              channel,
              ts: post.threadTs,
              include_all_metadata: true,
              limit: LOOK_BACK_MESSAGES,
            })
          : await client.conversations.history({
              channel,
              include_all_metadata: true,
              limit: LOOK_BACK_MESSAGES,
            });
        const mine = messages.find(
          (message) => Reflect.get(message.metadata?.event_payload ?? {}, 'delivery') === post.deliveryId,
        );
        if (mine?.ts)
          return {
            found: true,
            ref: { channel, ts: mine.ts, ...(await permalink(client, channel, mine.ts)) },
          };
        return { found: false };
      } catch {
        // Whether it arrived is not known yet; the next attempt asks again before it sends.
        return { found: 'cannot_tell' };
      }
    },
  };
}

function toApiBlock(block: SlackBlock) {
  return block.type === 'text'
    ? { type: 'section' as const, text: { type: 'mrkdwn' as const, text: block.text } }
    : {
        type: 'actions' as const,
        elements: block.buttons.map((button) => ({
          type: 'button' as const,
          text: { type: 'plain_text' as const, text: button.label },
          action_id: button.action,
          ...(button.value ? { value: button.value } : {}),
          ...(button.url ? { url: button.url } : {}),
          ...(button.style ? { style: button.style } : {}),
        })),
      };
}

async function channelId(client: WebClient, name: string): Promise<string | null> {
  if (!name.startsWith('#')) return name;
  let cursor: string | undefined;
  do {
    const page = await client.conversations.list({ limit: 200, ...(cursor ? { cursor } : {}) });
    const found = page.channels?.find((channel) => channel.name === name.slice(1));
    if (found?.id) return found.id;
    cursor = page.response_metadata?.next_cursor || undefined;
  } while (cursor);
  return null;
}

async function permalink(client: WebClient, channel: string, ts: string): Promise<{ url?: string }> {
  try {
    const answer = await client.chat.getPermalink({ channel, message_ts: ts });
    return answer.permalink ? { url: answer.permalink } : {};
  } catch {
    return {}; // the message is there; only the link to it is missing
  }
}

function resultOfError(error: unknown): SendResult {
  if (error instanceof WebAPIRateLimitedError)
    return { outcome: 'retry', error: 'rate limited', httpStatus: 429, retryAfterSeconds: error.retryAfter };
  if (error instanceof WebAPIPlatformError) {
    const name = error.data.error;
    if (RATE_LIMITED.has(name))
      return { outcome: 'retry', error: name, httpStatus: 200, retryAfterSeconds: null };
    if (OPEN.has(name)) return { outcome: 'unknown', error: name, httpStatus: 200 };
    return ERROR_NAME.test(name)
      ? { outcome: 'failed', error: name, httpStatus: 200 }
      : { outcome: 'unknown', error: 'Slack’s answer could not be read', httpStatus: 200 };
  }
  if (error instanceof WebAPIHTTPError) {
    const { statusCode: httpStatus } = error;
    const problem = { error: `HTTP ${httpStatus}`, httpStatus };
    if (isAmbiguous(httpStatus)) return { ...problem, outcome: 'unknown' };
    return isRetryable(httpStatus)
      ? { ...problem, outcome: 'retry', retryAfterSeconds: null }
      : { ...problem, outcome: 'failed' };
  }
  if (error instanceof SlackError && error.code === ErrorCode.RequestError)
    return resultOfNetworkError(error);
  return resultOfNetworkError(error);
}
