import { z } from 'zod';

/** How long a reading may take; a database that hangs refuses nothing, and the reader must know. */
const READ_LIMIT_MS = 20_000;

/** The one error shape of the API (RFC 9457, problem+json); unknown members are ignored. */
const ProblemSchema = z.object({
  title: z.string(),
  detail: z.string().optional(),
  code: z.string().optional(),
  reason: z.string().optional(),
  requestId: z.string().optional(),
});

/** A request that did not succeed: what the server said, and whether trying again can help. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  readonly status: number;
  readonly code: string;
  /** A stable name for the cause, such as `moved_on`. */
  readonly reason: string | undefined;
  readonly detail: string | undefined;
  readonly requestId: string | undefined;
  readonly body: unknown;

  constructor(
    status: number,
    problem: {
      title: string;
      detail?: string | undefined;
      code?: string | undefined;
      reason?: string | undefined;
      requestId?: string | undefined;
    },
    body: unknown,
    options?: { cause?: unknown },
  ) {
    super(problem.title, options);
    this.status = status;
    this.code = problem.code ?? (status === 0 ? 'offline' : `http_${status}`);
    this.reason = problem.reason;
    this.detail = problem.detail;
    this.requestId = problem.requestId;
    this.body = body;
  }
}

/** Why there is no answer at all; a request that we gave up ourselves stays what it is. */
function notAnswered(cause: unknown): Error {
  const name = cause instanceof DOMException ? cause.name : null;
  if (cause instanceof DOMException && name === 'AbortError') return cause;
  if (name === 'TimeoutError')
    return new RequestFailed(0, { title: 'no answer in time', code: 'no_answer' }, null, { cause });
  return new RequestFailed(0, { title: 'not reached' }, null, { cause });
}

async function readBody(response: Response): Promise<unknown> {
  // An answer may break off, or hang, after its head has come.
  const text = await response.text().catch((cause: unknown) => {
    throw notAnswered(cause);
  });
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new RequestFailed(response.status, { title: 'not JSON', code: 'bad_answer' }, null, { cause });
  }
}

/** Something is only read, so it may be given up; of an act nobody would know whether it was done. */
function withReadLimit(init: RequestInit | undefined): RequestInit {
  if (init?.method !== undefined) return init;
  const limit = AbortSignal.timeout(READ_LIMIT_MS);
  return { ...init, signal: init?.signal ? AbortSignal.any([init.signal, limit]) : limit };
}

/**
 * Sends a request to our own API and parses the answer.
 * Errors: RequestFailed, with status 0 when the server was not reached or (code `no_answer`) a reading had no answer within
 * 20 s, and code `bad_answer` when the answer has another shape than `schema` says.
 */
export async function fetchJson<T>(schema: z.ZodType<T>, url: string, init?: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, {
      ...withReadLimit(init),
      headers: { accept: 'application/json', ...init?.headers },
    });
  } catch (cause) {
    throw notAnswered(cause);
  }
  const body = await readBody(response);
  if (!response.ok) {
    const problem = ProblemSchema.safeParse(body);
    throw new RequestFailed(
      response.status,
      problem.success ? problem.data : { title: response.statusText || String(response.status) },
      body,
    );
  }
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    throw new RequestFailed(response.status, { title: 'unexpected shape', code: 'bad_answer' }, body, {
      cause: parsed.error,
    });
  }
  return parsed.data;
}

/**
 * Reads an answer that comes line by line (NDJSON) and hands on each value as it comes.
 * Errors: RequestFailed as with {@link fetchJson}, also when the answer breaks off.
 */
export async function fetchLines(url: string, onLine: (line: unknown) => void): Promise<void> {
  let response: Response;
  try {
    response = await fetch(url, { headers: { accept: 'application/x-ndjson' } });
    if (response.ok && response.body) {
      let rest = '';
      const decoder = new TextDecoder();
      const reader = response.body.getReader();
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        const lines = `${rest}${decoder.decode(piece.value, { stream: true })}`.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) onLine(JSON.parse(line) as unknown);
      }
      return;
    }
  } catch (cause) {
    throw new RequestFailed(0, { title: 'not reached' }, null, { cause });
  }
  const body = await readBody(response);
  const problem = ProblemSchema.safeParse(body);
  throw new RequestFailed(
    response.status,
    problem.success ? problem.data : { title: response.statusText || String(response.status) },
    body,
  );
}

/** A POST with a JSON body; otherwise as {@link fetchJson}. */
export function postJson<T>(schema: z.ZodType<T>, url: string, body: unknown): Promise<T> {
  return fetchJson(schema, url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}
