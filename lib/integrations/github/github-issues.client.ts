import { request } from '@octokit/request';
import { z } from 'zod';
import { outboundFetch } from '../outbound-fetch.client.ts';
import { gitHubWords } from '../remedies.ts';
import {
  isAmbiguous,
  isRetryable,
  type Observation,
  resultOfNetworkError,
  retryAfterSeconds,
  type SendResult,
} from '../send-result.ts';

const TIMEOUT_MS = 15_000;
const LABEL = 'phasegate';
const PAGE = 100;
const PAGES = 5;
const BODY_LIMIT = 65_536; // GitHub's own, in characters
const CUT = '\n\n…';
/** What GitHub says of too many writes in too short a time; its headers may say nothing of it. */
const SECONDARY_LIMIT = /secondary rate limit|abuse detection/i;
const SECONDARY_PAUSE_SECONDS = 60;
const WrittenSchema = z.looseObject({ html_url: z.string() });
const IssueSchema = WrittenSchema.extend({ number: z.int().positive() });
const CommentSchema = WrittenSchema.extend({ id: z.int().positive() });

export type GitHubConfig = { token: string; repository: string; apiUrl?: string | undefined };

/** Issues and comments of one repository. `marker` is hidden in the text, so that what was written can be found again. */
export type GitHubIssues = {
  open(issue: {
    title: string;
    body: string;
    marker: string;
    labels: readonly string[];
  }): Promise<SendResult>;
  comment(comment: { issue: number; body: string; marker: string }): Promise<SendResult>;
  /** Closes an issue, or opens it again; one that is so already stays so. */
  setState(issue: number, state: 'open' | 'closed'): Promise<SendResult>;
  observeIssue(marker: string): Promise<Observation>;
  observeComment(issue: number, marker: string): Promise<Observation>;
};

/** A client of one repository (REST API). It never retries by itself: the outbox decides when. */
export function gitHubIssuesClient(config: GitHubConfig): GitHubIssues {
  const [owner = '', repo = ''] = config.repository.split('/');
  const call = request.defaults({
    ...(config.apiUrl ? { baseUrl: config.apiUrl } : {}),
    headers: { authorization: `token ${config.token}` },
  });
  const within = () => ({
    owner,
    repo,
    request: { fetch: outboundFetch, signal: AbortSignal.timeout(TIMEOUT_MS) },
  });
  return {
    open: ({ title, body, marker, labels }) =>
      sent(async () => {
        const { data, status } = await call('POST /repos/{owner}/{repo}/issues', {
          ...within(),
          title,
          body: withMarker(body, marker),
          labels: [LABEL, ...labels],
        });
        const { number, html_url } = IssueSchema.parse(data);
        return { ref: { issue: String(number), url: html_url }, status };
      }),
    comment: ({ issue, body, marker }) =>
      sent(async () => {
        const { data, status } = await call('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
          ...within(),
          issue_number: issue,
          body: withMarker(body, marker),
        });
        const { id, html_url } = CommentSchema.parse(data);
        return { ref: { issue: String(issue), comment: String(id), url: html_url }, status };
      }),
    setState: (issue, state) =>
      sent(async () => {
        const { data, status } = await call('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
          ...within(),
          issue_number: issue,
          state,
        });
        return { ref: { issue: String(issue), url: WrittenSchema.parse(data).html_url }, status };
      }),
    observeIssue: (marker) =>
      looked(async () => {
        for (let page = 1; page <= PAGES; page++) {
          const { data } = await call('GET /repos/{owner}/{repo}/issues', {
            ...within(),
            labels: LABEL,
            state: 'all',
            per_page: PAGE,
            page,
          });
          const mine = data.find((issue) => issue.body?.includes(hidden(marker)));
          if (mine) return { found: true, ref: { issue: String(mine.number), url: mine.html_url } };
          if (data.length < PAGE) break;
        }
        return { found: false };
      }),
    observeComment: (issue, marker) =>
      looked(async () => {
        for (let page = 1; ; page++) {
          const { data } = await call('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
            ...within(),
            issue_number: issue,
            per_page: PAGE,
            page,
          });
          const mine = data.find((comment) => comment.body?.includes(hidden(marker)));
          if (mine)
            return {
              found: true,
              ref: { issue: String(issue), comment: String(mine.id), url: mine.html_url },
            };
          if (data.length < PAGE) return { found: false };
        }
      }),
  };
}

const hidden = (marker: string): string => `<!-- phasegate:${marker} -->`;
/** The mark stands behind the text, and stays whole where the text has to be cut. */
const withMarker = (body: string, marker: string): string => {
  const mark = `\n\n${hidden(marker)}`;
  const room = BODY_LIMIT - mark.length;
  return body.length <= room ? `${body}${mark}` : `${body.slice(0, room - CUT.length)}${CUT}${mark}`;
};

async function sent(
  work: () => Promise<{ ref: Record<string, string>; status: number }>,
): Promise<SendResult> {
  try {
    const { ref, status } = await work();
    return { outcome: 'delivered', ref, httpStatus: status };
  } catch (error) {
    return resultOfError(error);
  }
}

async function looked(work: () => Promise<Observation>): Promise<Observation> {
  try {
    return await work();
  } catch {
    // Whether it arrived is not known yet; the next attempt looks again before it writes.
    return { found: 'cannot_tell' };
  }
}

type StatusError = Error & { status: number; response?: { headers?: Record<string, unknown> } };
const hasStatus = (error: unknown): error is StatusError =>
  error instanceof Error && 'status' in error && typeof error.status === 'number' && 'request' in error;

function resultOfError(error: unknown): SendResult {
  if (error instanceof z.ZodError) return { outcome: 'unknown', error: 'GitHub’s answer could not be read' };
  // Octokit turns a request that got no answer into a status of its own; an answer comes with a response.
  if (!hasStatus(error) || !error.response) return resultOfNetworkError(error);
  const { status } = error;
  const header = (name: string) => {
    const value = error.response?.headers?.[name];
    return value === undefined ? null : String(value);
  };
  // A 403 with an exhausted or secondary limit passes; a bare one does not (field study 3.11).
  const secondary = status === 403 && SECONDARY_LIMIT.test(error.message);
  const limited =
    status === 429 ||
    secondary ||
    (status === 403 && (header('x-ratelimit-remaining') === '0' || header('retry-after') !== null));
  if (!limited && !isRetryable(status))
    return { outcome: 'failed', error: gitHubWords(status, error.message), httpStatus: status };
  const now = new Date();
  const reset = header('x-ratelimit-reset');
  return {
    outcome: !limited && isAmbiguous(status) ? 'unknown' : 'retry',
    error: error.message,
    httpStatus: status,
    retryAfterSeconds:
      retryAfterSeconds(header('retry-after'), now) ??
      // The hour's limit says when it ends; the secondary one need not, and asks for a minute.
      (limited && reset && header('x-ratelimit-remaining') === '0'
        ? Math.max(0, Math.ceil(Number(reset) - now.getTime() / 1000))
        : secondary
          ? SECONDARY_PAUSE_SECONDS
          : null),
  };
}
