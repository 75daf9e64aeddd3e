import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const PREFIX = /^signkey-\w+-/;
const MAX_AGE_SECONDS = 5 * 60;

/** The signing key cannot be used with the SDK. */
export class SigningKeyError extends Error {
  override readonly name = 'SigningKeyError';
}

/** Refuses a key whose hash the SDK would compute differently: after its prefix it must be hexadecimal. */
export function checkSigningKey(signingKey: string): string {
  if (!/^(signkey-\w+-)?([0-9a-f]{2})+$/i.test(signingKey)) {
    throw new SigningKeyError('INNGEST_SIGNING_KEY: must be hexadecimal, optionally after signkey-<name>-');
  }
  return signingKey;
}

function mac(body: string, timestamp: string, signingKey: string): string {
  return createHmac('sha256', signingKey.replace(PREFIX, '')).update(body).update(timestamp).digest('hex');
}

/** The X-Inngest-Signature of a canonical body. Source: SDK_SPEC 4.1.1. */
export function signBody(body: string, signingKey: string, now: Date): string {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  return `t=${timestamp}&s=${mac(body, timestamp, signingKey)}`;
}

/** Whether the app signed this answer with our key within the last five minutes. */
export function isSignedBy(signingKey: string, header: string | undefined, body: string, now: Date): boolean {
  const parameters = new URLSearchParams(header ?? '');
  const timestamp = parameters.get('t') ?? '';
  const ageSeconds = Math.abs(now.getTime() / 1000 - Number(timestamp));
  if (timestamp === '' || !(ageSeconds <= MAX_AGE_SECONDS)) return false;
  return sameText(parameters.get('s') ?? '', mac(body, timestamp, signingKey));
}

/** What the SDK sends as bearer token: the key's prefix and the SHA-256 of its bytes. Source: SDK_SPEC 4.1.4. */
export function bearerOf(signingKey: string): string {
  const prefix = PREFIX.exec(signingKey)?.[0] ?? '';
  const bytes = Buffer.from(signingKey.replace(PREFIX, ''), 'hex');
  return `${prefix}${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Compares secrets without telling by timing where they differ. */
export function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
