import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { z } from 'zod';
import { log } from '#lib/config/server.ts';
import { database, inTransaction } from '#lib/database/server.ts';
import { acceptEvent, IncomingEventsSchema } from './event.schema.ts';
import { RegistrationError } from './registration.ts';
import { deliverEvent, EventConflictError, endRun } from './runs.store.ts';
import { bearerOf, sameText } from './signature.ts';
import { isStorableJson } from './storable-json.ts';
import { register } from './sync.run.ts';

const MAX_BODY_BYTES = 4 * 1024 * 1024;

export type ApiKeys = { signingKey: string; eventKey: string };

export type RunnerView = {
  health: () => unknown;
  /** Whether functions are registered; waits a moment for the app when none are. */
  knowsFunctions: () => Promise<boolean>;
};

type Reply = { status: number; body: unknown };

class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * What an Inngest server offers to the SDK, as far as Phasegate uses it: `POST /e/:key` takes events, `POST
 * /fn/register` functions, `DELETE /v1/runs/:id` cancels a run, `GET /health` says how the runner is. Everything else
 * is refused with an error that says so.
 */
export function createApi(keys: ApiKeys, runner: RunnerView): Server {
  const logger = log('runner');
  return createServer((request, response) => {
    void answer(request, keys, runner)
      .catch((error: unknown): Reply => {
        if (error instanceof RequestError) return refusal(error.status, error.message);
        if (error instanceof RegistrationError) return refusal(400, error.message);
        if (error instanceof EventConflictError) return refusal(409, error.message);
        logger.error({ err: error, url: request.url }, 'request failed');
        return refusal(500, 'the runner could not do this; its log says why');
      })
      .then(({ status, body }) => {
        // A body that was not read to its end must not be taken for the next request.
        const rest = request.complete ? {} : { connection: 'close' };
        response.writeHead(status, { 'content-type': 'application/json', ...rest });
        response.end(status === 204 ? undefined : JSON.stringify(body));
      });
  });
}

function refusal(status: number, error: string): Reply {
  return { status, body: { status, error } };
}

async function answer(request: IncomingMessage, keys: ApiKeys, runner: RunnerView): Promise<Reply> {
  const url = new URL(request.url ?? '/', 'http://runner');
  const path = url.pathname.replace(/\/+$/, '');
  const route = `${request.method} ${path}`;
  if (route === 'GET /health') return { status: 200, body: runner.health() };
  const key = /^POST \/e\/(.+)$/.exec(route)?.[1];
  if (key !== undefined) return takeEvents(request, decodeURIComponent(key), keys, runner);
  if (route === 'POST /fn/register') {
    requireBearer(request, keys);
    const { modified } = await register(await readJson(request), new Date());
    return { status: 200, body: { ok: true, status: 200, modified } };
  }
  const run = /^DELETE \/v1\/runs\/([^/]+)$/.exec(route)?.[1];
  if (run !== undefined) {
    requireBearer(request, keys);
    return cancelRun(run);
  }
  throw new RequestError(501, `${route} is not supported by the embedded runner`);
}

async function takeEvents(
  request: IncomingMessage,
  key: string,
  keys: ApiKeys,
  runner: RunnerView,
): Promise<Reply> {
  if (!sameText(key, keys.eventKey)) throw new RequestError(401, 'the event key is not INNGEST_EVENT_KEY');
  const parsed = IncomingEventsSchema.safeParse(await readJson(request));
  if (!parsed.success) throw new RequestError(400, z.prettifyError(parsed.error));
  if (!isStorableJson(parsed.data)) {
    throw new RequestError(400, 'an event holds U+0000 or half a surrogate pair, which cannot be stored');
  }
  const reserved = parsed.data.find((event) => event.name.startsWith('inngest/'));
  if (reserved)
    throw new RequestError(400, `${reserved.name}: names that begin with inngest/ belong to the engine`);
  // Before any function is known an event would start nothing and be gone.
  if (!(await runner.knowsFunctions()))
    throw new RequestError(503, 'the app has not registered its functions yet');
  const now = new Date();
  const seed = fallbackSeed(request);
  const events = parsed.data.map((event, index) => acceptEvent(event, `${seed}:${index}`, now));
  await inTransaction(async (tx) => {
    for (const event of events) await deliverEvent(tx, event, { now });
  });
  return { status: 200, body: { ids: events.map((event) => event.id), status: 200 } };
}

/** The SDK repeats a request under the same seed, so that a repeated event without id gets the id it had before. */
function fallbackSeed(request: IncomingMessage): string {
  const header = request.headers['x-inngest-event-id-seed'];
  const seed = typeof header === 'string' ? header : crypto.randomUUID();
  return createHash('sha256').update(seed).digest('hex').slice(0, 32);
}

async function cancelRun(id: string): Promise<Reply> {
  if (!z.uuid().safeParse(id).success) throw new RequestError(404, 'no such run');
  const cancelled = await inTransaction((tx) =>
    endRun(tx, id, { state: 'cancelled', why: 'hand' }, new Date()),
  );
  if (cancelled) return { status: 204, body: null };
  const known = await database().jobRun.count({ where: { id } });
  throw known > 0 ? new RequestError(409, 'the run has already ended') : new RequestError(404, 'no such run');
}

function requireBearer(request: IncomingMessage, keys: ApiKeys): void {
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (!sameText(given, bearerOf(keys.signingKey))) {
    throw new RequestError(401, 'the bearer token is not the hash of INNGEST_SIGNING_KEY');
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new RequestError(413, `the body is longer than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new RequestError(400, 'the body is not JSON');
  }
}
