import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync, readFileSync, statSync } from 'node:fs';
import { link, rename, rm } from 'node:fs/promises';
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

/** How much a download may hold, and how long it may stay silent. An audit trail of years has hundreds of megabytes. */
const DOWNLOAD = { mostBytes: 4 * 1024 ** 3, silenceMs: 60_000 };

/**
 * Fetches a file of the API into `file`, piece by piece; how many bytes it has. It is written beside and takes its name when it is
 * whole, so that what has the name is never half a file; one that is there already is not overwritten.
 * Errors: AppError as {@link callApi}, also UPSTREAM `broke_off` and `too_long`; VALIDATION `file_not_written`.
 */
export async function downloadFile(
  connection: Connection,
  path: string,
  file: string,
  limits = DOWNLOAD,
): Promise<number> {
  if (existsSync(file)) throw fileExists(file);
  const silence = new AbortController();
  const patience = setTimeout(() => silence.abort(), limits.silenceMs);
  const partial = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    const response = await fetch(`${connection.url}${path}`, {
      redirect: 'error',
      signal: silence.signal,
      headers: { authorization: `Bearer ${connection.key}`, 'x-phasegate-client': 'cli' },
    }).catch((cause: unknown) => {
      throw new AppError('UPSTREAM', `${connection.url} did not answer.`, { reason: 'unreachable', cause });
    });
    if (!response.ok || !response.body)
      throw refusalOf(connection, path, response.status, await response.text());
    let bytes = 0;
    const pieces = async function* (body: AsyncIterable<Uint8Array>) {
      try {
        for await (const piece of body) {
          patience.refresh();
          bytes += piece.byteLength;
          if (bytes > limits.mostBytes)
            throw new AppError('UPSTREAM', `The file is longer than ${limits.mostBytes} bytes.`, {
              reason: 'too_long',
            });
          yield piece;
        }
      } catch (cause) {
        if (cause instanceof AppError) throw cause;
        throw new AppError('UPSTREAM', `The file of ${connection.url} broke off after ${bytes} bytes.`, {
          reason: 'broke_off',
          cause,
        });
      }
    };
    await pipeline(
      pieces(response.body),
      createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true }),
    );
    // A link, not a renaming: it takes no name from a file that came there meanwhile. Some disks have no links.
    await link(partial, file).catch((error: unknown) => {
      if (!hasCode(error, 'EPERM', 'ENOTSUP', 'ENOSYS')) throw error;
      return rename(partial, file);
    });
    return bytes;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    if (hasCode(cause, 'EEXIST')) throw fileExists(file, cause);
    throw new AppError('VALIDATION', `${file} cannot be written.`, { reason: 'file_not_written', cause });
  } finally {
    clearTimeout(patience);
    await rm(partial, { force: true });
  }
}

const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.some((code) => code === error.code);

const fileExists = (file: string, cause?: unknown): AppError =>
  new AppError('VALIDATION', `${file} is there already and was left as it is.`, {
    reason: 'file_not_written',
    cause,
  });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // said by the caller: the answer could not be read
  }
}
