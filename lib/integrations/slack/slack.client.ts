import {
  ErrorCode,
  LogLevel,
  SlackError,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebClient,
} from '@slack/web-api';
import { outboundFetch } from '../outbound-fetch.client.ts';
import { slackWords } from '../remedies.ts';
import {
  isAmbiguous,
  isRetryable,
  type Observation,
  resultOfNetworkError,
  type SendResult,
} from '../send-result.ts';
import { toApiBlock } from './api-block.ts';
import { type SlackEdit, type SlackPost, type SlackWhisper, shortText } from './slack-post.ts';

const TIMEOUT_MS = 10_000;
const EVENT_TYPE = 'phasegate_delivery';
const PAGE = 200;
const PAGES = 20;
/** Slack's clock and ours may differ by so much. */
const SKEW_MS = 300_000;
const RATE_LIMITED = new Set(['ratelimited', 'rate_limited']);
/** Slack's own troubles: they pass, and "some aspect of the operation" may have succeeded all the same. */
const OPEN = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout']);
const THREAD_GONE = new Set(['thread_not_found', 'message_not_found', 'cannot_reply_to_message']);
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
    fetch: outboundFetch,
    logLevel: LogLevel.ERROR,
  });
  return {
    async post(post) {
      try {
        return await postInThread(client, post);
      } catch (error) {
        if (post.threadTs === undefined || !isThreadGone(error)) return resultOfError(error);
      }
      try {
        return await postInThread(client, { ...post, threadTs: undefined });
      } catch (error) {
        return resultOfError(error);
      }
    },
    async edit({ channel, ts, text, blocks }) {
      try {
        await client.chat.update({ channel, ts, text: shortText(text), blocks: blocks.map(toApiBlock) });
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
        return await lookFor(client, channel, post);
      } catch {
        // Whether it arrived is not known yet; the next attempt asks again before it sends.
        return { found: 'cannot_tell' };
      }
    },
  };
}

async function postInThread(client: WebClient, post: SlackPost): Promise<SendResult> {
  const answer = await client.chat.postMessage({
    channel: post.channel.replace(/^#/, ''), // Slack takes names with and without it, others only without
    text: shortText(post.text),
    blocks: post.blocks.map(toApiBlock),
    unfurl_links: false,
    unfurl_media: false,
    metadata: { event_type: EVENT_TYPE, event_payload: { delivery: post.deliveryId } },
    ...(post.threadTs ? { thread_ts: post.threadTs } : {}),
  });
  const { ts, channel, message } = answer;
  if (!ts || !channel) return { outcome: 'unknown', error: 'Slack answered without a timestamp' };
  // Where the thread's first message was deleted, Slack posts to the channel without a word and leaves the thread out.
  const thread = message && message.thread_ts === undefined ? undefined : post.threadTs;
  return {
    outcome: 'delivered',
    httpStatus: 200,
    ref: { channel, ts, ...(thread ? { thread } : {}), ...(await permalink(client, channel, ts)) },
  };
}

/** Looks for a post where it was meant to be, and in the channel itself, where it is if its thread is gone. */
async function lookFor(client: WebClient, channel: string, post: SlackPost): Promise<Observation> {
  if (post.threadTs === undefined) return await lookIn(client, channel, post);
  try {
    const inThread = await lookIn(client, channel, post);
    if (inThread.found !== false) return inThread;
  } catch (error) {
    if (!isThreadGone(error)) throw error;
  }
  return await lookIn(client, channel, { ...post, threadTs: undefined });
}

/** Looks through everything said there since the post was written, newest or oldest first as Slack gives it. */
async function lookIn(client: WebClient, channel: string, post: SlackPost): Promise<Observation> {
  const oldest = String((post.writtenAt.getTime() - SKEW_MS) / 1000);
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const range = { channel, oldest, include_all_metadata: true, limit: PAGE, ...(cursor ? { cursor } : {}) };
    const { messages = [], response_metadata } = post.threadTs
      ? await client.conversations.replies({ ...range, ts: post.threadTs })
      : await client.conversations.history(range);
    const mine = messages.find(
      (message) => Reflect.get(message.metadata?.event_payload ?? {}, 'delivery') === post.deliveryId,
    );
    if (mine?.ts)
      return {
        found: true,
        ref: {
          channel,
          ts: mine.ts,
          ...(post.threadTs ? { thread: post.threadTs } : {}),
          ...(await permalink(client, channel, mine.ts)),
        },
      };
    cursor = response_metadata?.next_cursor || undefined;
    if (!cursor) return { found: false };
  }
  return { found: 'cannot_tell' };
}

async function channelId(client: WebClient, name: string): Promise<string | null> {
  if (!name.startsWith('#')) return name;
  // Apart: without the scope for private ones the public ones can still be seen.
  for (const types of ['public_channel', 'private_channel']) {
    let cursor: string | undefined;
    do {
      const page = await client.conversations.list({ types, limit: PAGE, ...(cursor ? { cursor } : {}) });
      const found = page.channels?.find((channel) => channel.name === name.slice(1));
      if (found?.id) return found.id;
      cursor = page.response_metadata?.next_cursor || undefined;
    } while (cursor);
  }
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

/** The scope a token lacks, as Slack names it. */
function neededScope({ data }: WebAPIPlatformError): string | undefined {
  const needed: unknown = Reflect.get(data, 'needed');
  return typeof needed === 'string' && ERROR_NAME.test(needed.replaceAll(/[:,]/g, '_')) ? needed : undefined;
}

/** What Slack says where the message that began a thread is gone; nothing was posted then. */
const isThreadGone = (error: unknown): boolean =>
  error instanceof WebAPIPlatformError && THREAD_GONE.has(error.data.error);

function resultOfError(error: unknown): SendResult {
  if (error instanceof WebAPIRateLimitedError)
    return { outcome: 'retry', error: 'rate limited', httpStatus: 429, retryAfterSeconds: error.retryAfter };
  if (error instanceof WebAPIPlatformError) {
    const name = error.data.error;
    if (RATE_LIMITED.has(name))
      return { outcome: 'retry', error: name, httpStatus: 200, retryAfterSeconds: null };
    if (OPEN.has(name)) return { outcome: 'unknown', error: name, httpStatus: 200 };
    return typeof name === 'string' && ERROR_NAME.test(name)
      ? { outcome: 'failed', error: slackWords(name, neededScope(error)), httpStatus: 200 }
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
