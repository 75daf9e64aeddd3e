import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError } from '#lib/errors/index.ts';

/** The headers that say how a body was sent. */
export type BodyHeaders = { get: (name: string) => string | null };

/** A body as it arrived, whole: the content is decompressed, the hash is of the content. */
export type ReceivedBody = { content: Buffer; sha256: string };

const ACCEPTED_TYPES = new Set([
  '',
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
  'application/json',
  'text/plain',
  'application/octet-stream',
  'application/x-www-form-urlencoded', // what curl --data-binary says of anything
]);
/** What gzip makes of telemetry stays far below this; a body beyond it was made to hurt. */
const MAX_RATIO = 100;
const RATIO_APPLIES_FROM_BYTES = 1 << 20;

/**
 * Receives an NDJSON body (COL-1): counts what really arrives, compares it with Content-Length and Content-Digest, and
 * decompresses gzip. Units: `limitBytes` holds for the body as sent and for its content.
 * Errors: AppError TOO_LARGE; UNSUPPORTED_MEDIA; VALIDATION for a body that is empty, cut short or not what its headers say.
 */
export async function receiveBody(
  body: ReadableStream<Uint8Array> | null,
  headers: BodyHeaders,
  limitBytes: number,
): Promise<ReceivedBody> {
  refuseType(headers.get('content-type') ?? '');
  const encoding = (headers.get('content-encoding') ?? 'identity').trim().toLowerCase();
  if (encoding !== 'identity' && encoding !== 'gzip')
    throw new AppError('UNSUPPORTED_MEDIA', 'Send the body as it is or with Content-Encoding: gzip.', {
      reason: 'content_encoding',
    });
  const sent = await readSent(body, headers.get('content-length'), limitBytes);
  checkDigest(sent, headers.get('content-digest'));
  const content = encoding === 'gzip' ? await gunzip(sent, limitBytes) : sent;
  if (content.length === 0)
    throw new AppError('VALIDATION', 'The body is empty: send one JSON event per line.', {
      reason: 'empty_body',
    });
  return { content, sha256: createHash('sha256').update(content).digest('hex') };
}

function refuseType(contentType: string): void {
  const [type = ''] = contentType.split(';');
  if (!ACCEPTED_TYPES.has(type.trim().toLowerCase()))
    throw new AppError('UNSUPPORTED_MEDIA', 'Send newline-delimited JSON as application/x-ndjson.', {
      reason: 'content_type',
    });
}

const tooLarge = (limitBytes: number): AppError =>
  new AppError('TOO_LARGE', `The body may have at most ${limitBytes} bytes; send it in parts.`, {
    reason: 'body_limit',
  });

async function readSent(
  body: ReadableStream<Uint8Array> | null,
  contentLength: string | null,
  limitBytes: number,
): Promise<Buffer> {
  const announced = contentLength === null ? null : Number(contentLength);
  if (announced !== null && announced > limitBytes) throw tooLarge(limitBytes);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body?.getReader();
  try {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      size += part.value.byteLength;
      if (size > limitBytes) {
        await reader?.cancel();
        throw tooLarge(limitBytes);
      }
      chunks.push(part.value);
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('VALIDATION', 'The body broke off before its end; nothing of it was counted.', {
      reason: 'body_cut_short',
      cause,
    });
  }
  if (announced !== null && announced !== size)
    throw new AppError(
      'VALIDATION',
      `Content-Length says ${announced} bytes, ${size} arrived; nothing was counted.`,
      {
        reason: 'content_length_mismatch',
      },
    );
  return Buffer.concat(chunks, size);
}

/** Content-Digest (RFC 9530) is of the body as sent; only sha-256 is looked at. */
function checkDigest(sent: Buffer, header: string | null): void {
  if (header === null) return;
  const digest = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]+):/.exec(header)?.[1];
  if (digest === undefined) return;
  if (createHash('sha256').update(sent).digest('base64') !== digest)
    throw new AppError('VALIDATION', 'Content-Digest does not match the body; nothing was counted.', {
      reason: 'content_digest_mismatch',
    });
}

function packedTooDensely(): AppError {
  return new AppError(
    'TOO_LARGE',
    `The gzip unpacks to more than ${MAX_RATIO} times its size; send it in smaller parts or unpacked.`,
    { reason: 'gzip_ratio' },
  );
}

async function gunzip(sent: Buffer, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const ratioLimit = Math.max(RATIO_APPLIES_FROM_BYTES, sent.length * MAX_RATIO);
  const stream = Readable.from([sent]).pipe(createGunzip());
  try {
    for await (const chunk of stream) {
      const bytes: Buffer = chunk;
      size += bytes.length;
      if (size > limitBytes) throw tooLarge(limitBytes);
      if (size > ratioLimit) throw packedTooDensely();
      chunks.push(bytes);
    }
  } catch (cause) {
    stream.destroy();
    if (cause instanceof AppError) throw cause;
    throw new AppError('VALIDATION', 'The gzip is damaged or cut short; nothing of it was counted.', {
      reason: 'gzip_damaged',
      cause,
    });
  }
  return Buffer.concat(chunks, size);
}
