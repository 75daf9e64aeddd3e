import { createWriteStream, readFileSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { APP_ERROR_CODES, AppError } from '#lib/errors/index.ts';
import { resolveInstance } from '#scripts/machine/instance.ts';
import type { CommandEnvironment } from './command-io.ts';

export type Where = { url?: string; instance?: string; keyFile?: string };

/** Where Phasegate answers and the key it is asked with. */
export type Connection = { url: string; key: string };

/** What the API says when it does not do what was asked (RFC 9457). */
const ProblemSchema = z.object({
  code: z.enum(APP_ERROR_CODES),
  detail: z.string(),
  reason: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).default([]),
});

/** Whether a key for the API was given. Without one, protective commands act on the database of this machine. */
export function hasKey(where: Where, environment: CommandEnvironment): boolean {
  return where.keyFile !== undefined || (environment.PHASEGATE_API_KEY ?? '').trim() !== '';
}

/**
 * Finds the address (`--url`, PHASEGATE_URL, the running instance) and the key (`--key-file`, PHASEGATE_API_KEY).
 * Errors: AppError UNAUTHENTICATED without a key, VALIDATION for an address or a key file that cannot be used.
 */
export function connect(
  where: Where,
  environment: CommandEnvironment,
  warn: (text: string) => void,
): Connection {
  const key = where.keyFile === undefined ? environment.PHASEGATE_API_KEY?.trim() : keyOfFile(where, warn);
  if (!key) {
    throw new AppError(
      'UNAUTHENTICATED',
      'Make a key for yourself on the account page, then put it into PHASEGATE_API_KEY or a file (--key-file).',
      { reason: 'api_key_missing' },
    );
  }
  const given = where.url ?? environment.PHASEGATE_URL?.trim();
  const url = given || addressOfInstance(where.instance);
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new AppError('VALIDATION', `${url} is not an http address.`, { reason: 'bad_address' });
  }
  if (parsed.protocol === 'http:' && !/^(localhost|127\.|\[::1\])/.test(parsed.hostname)) {
    warn(`The key goes to ${parsed.host} unencrypted; use https.`);
  }
  return { url: parsed.href.replace(/\/+$/, ''), key };
}

function addressOfInstance(name: string | undefined): string {
  const { url } = resolveInstance(name);
  if (url !== undefined) return url;
  throw new AppError('VALIDATION', 'DATABASE_URL says nothing of an address: give --url or PHASEGATE_URL.', {
    reason: 'address_missing',
  });
}

function keyOfFile({ keyFile = '' }: Where, warn: (text: string) => void): string {
  try {
    if ((statSync(keyFile).mode & 0o077) !== 0) warn(`Others may read ${keyFile}: chmod 600 it.`);
    return readFileSync(keyFile, 'utf8').trim();
  } catch (cause) {
    throw new AppError('VALIDATION', `The key file ${keyFile} cannot be read.`, {
      reason: 'key_file_unreadable',
      cause,
    });
  }
}

export type Ask = { method: 'GET' | 'POST' | 'DELETE'; path: string; body?: unknown };

/** A rollback waits for its proof and a rehearsal for its play; longer than this, nobody answers. */
const ANSWER_LIMIT_MS = 120_000;

/**
 * One request to the API; its JSON, undefined for an empty answer. Never follows a redirect: the key stays where it was sent.
 * Errors: AppError as the API said it; UPSTREAM when it did not answer within `limitMs`, or not in a form that can be read.
 * What was asked may have been done all the same; asking again is safe.
 */
export async function callApi(
  connection: Connection,
  { method, path, body }: Ask,
  limitMs = ANSWER_LIMIT_MS,
): Promise<unknown> {
  const response = await fetch(`${connection.url}${path}`, {
    method,
    redirect: 'error',
    signal: AbortSignal.timeout(limitMs),
    headers: {
      authorization: `Bearer ${connection.key}`,
      'x-phasegate-client': 'cli',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new AppError('UPSTREAM', `${connection.url} did not answer.`, { reason: 'unreachable', cause });
  });
  const text = await response.text().catch((cause: unknown) => {
    throw new AppError('UPSTREAM', `The answer of ${connection.url} broke off.`, {
      reason: 'unreachable',
      cause,
    });
  });
  if (response.ok && text === '') return undefined;
  const json = jsonOf(text);
  if (response.ok && json !== undefined) return json;
  throw refusalOf(connection, path, response.status, text);
}

function refusalOf({ url }: Connection, path: string, status: number, text: string): AppError {
  const problem = ProblemSchema.safeParse(jsonOf(text));
  if (!problem.success) {
    return new AppError('UPSTREAM', `${url}${path} answered ${status} without a reason.`, {
      reason: 'unreadable_answer',
    });
  }
  const { code, detail, reason, errors } = problem.data;
  return new AppError(code, detail, { ...(reason === undefined ? {} : { reason }), issues: errors });
}

/**
 * Fetches a file of the API into `file`, piece by piece however long it is; how many bytes it has. A file that is there already
 * is not overwritten. Errors: AppError as {@link callApi}; VALIDATION when the file cannot be written or is there already.
 */
export async function downloadFile(connection: Connection, path: string, file: string): Promise<number> {
  const response = await fetch(`${connection.url}${path}`, {
    redirect: 'error',
    headers: { authorization: `Bearer ${connection.key}`, 'x-phasegate-client': 'cli' },
  }).catch((cause: unknown) => {
    throw new AppError('UPSTREAM', `${connection.url} did not answer.`, { reason: 'unreachable', cause });
  });
  if (!response.ok || !response.body)
    throw refusalOf(connection, path, response.status, await response.text());
  const target = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  try {
    await pipeline(Readable.from(response.body), target);
  } catch (cause) {
    throw new AppError('VALIDATION', `${file} cannot be written, is there already, or broke off.`, {
      reason: 'file_not_written',
      cause,
    });
  }
  return target.bytesWritten;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // said by the caller: the answer could not be read
  }
}
