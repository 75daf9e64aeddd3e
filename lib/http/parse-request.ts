import type { z } from 'zod';
import { AppError, type AppErrorCode } from '#lib/errors/index.ts';

/**
 * Parses outside input; every issue becomes a field and a message. Text that PostgreSQL cannot keep (U+0000, half a
 * surrogate pair, an instant of the year 0) is an issue, too, wherever it stands: it would fail in the middle of an effect.
 * Errors: AppError with `code`.
 */
export function parseInput<S extends z.ZodType>(
  schema: S,
  input: unknown,
  what: 'path' | 'query' | 'body',
  code: AppErrorCode = 'VALIDATION',
): z.output<S> {
  const parsed = schema.safeParse(input);
  const issues = parsed.success
    ? unkeepable(parsed.data)
    : parsed.error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
  if (parsed.success && issues.length === 0) return parsed.data;
  throw new AppError(code, `The ${what} does not have the expected form.`, { issues });
}

/** ISO 8601 has it, the calendar and PostgreSQL do not. */
const YEAR_ZERO = /^0000-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)$/;

function unkeepable(value: unknown, path: readonly string[] = []): { field: string; message: string }[] {
  if (typeof value === 'string') {
    const field = path.join('.');
    if (value.includes('\u0000') || !value.isWellFormed())
      return [{ field, message: 'has a character that is no text: U+0000 or half a surrogate pair' }];
    return YEAR_ZERO.test(value) ? [{ field, message: 'there is no year 0' }] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => [
    ...unkeepable(name, path),
    ...unkeepable(part, [...path, name]),
  ]);
}

/** The query as an object: a name given once is a text, given several times a list. */
export function queryObject(url: string): Record<string, string | string[]> {
  const { searchParams } = new URL(url);
  return Object.fromEntries(
    [...new Set(searchParams.keys())].map((name) => {
      const values = searchParams.getAll(name);
      const [only] = values;
      return [name, values.length === 1 && only !== undefined ? only : values];
    }),
  );
}

/**
 * Reads a JSON body of at most `limitBytes` bytes; counts what really arrives, whatever Content-Length says.
 * Errors: TOO_LARGE; VALIDATION for another content type, bytes that are not UTF-8, or text that is not JSON.
 */
export async function readJsonBody(request: Request, limitBytes: number): Promise<unknown> {
  const contentType = request.headers.get('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(contentType)) {
    throw new AppError('VALIDATION', 'The body must be application/json.', { reason: 'content_type' });
  }
  const bytes = await readBytes(request, limitBytes);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AppError('VALIDATION', 'The body is not valid JSON in UTF-8.', { reason: 'not_json', cause });
  }
}

/**
 * Reads a body of at most `limitBytes` bytes as the text it is: what a signature was made of.
 * Errors: TOO_LARGE; VALIDATION for bytes that are not UTF-8.
 */
export async function readTextBody(request: Request, limitBytes: number): Promise<string> {
  const bytes = await readBytes(request, limitBytes);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('VALIDATION', 'The body is not UTF-8.', { reason: 'not_utf8', cause });
  }
}

async function readBytes(request: Request, limitBytes: number): Promise<Uint8Array> {
  const tooLarge = () =>
    new AppError('TOO_LARGE', `The body may have at most ${limitBytes} bytes.`, { reason: 'body_limit' });
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    size += part.value.byteLength;
    if (size > limitBytes) {
      await reader?.cancel();
      throw tooLarge();
    }
    chunks.push(part.value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
