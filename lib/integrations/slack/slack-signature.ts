import { createHmac, timingSafeEqual } from 'node:crypto';

const TOLERANCE_SECONDS = 300;

/**
 * Whether a request comes from Slack (v0 signature over the raw body): right secret, and neither older nor newer than five
 * minutes. Several secrets, for the time in which one replaces another. Pure.
 */
export function isSlackSignature(
  request: { signature: string | null; timestamp: string | null; rawBody: string },
  secrets: readonly string[],
  now: Date,
): boolean {
  const { signature, timestamp, rawBody } = request;
  if (!signature || !timestamp || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) return false;
  const given = Buffer.from(signature);
  return secrets.some((secret) => {
    const expected = Buffer.from(
      `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${rawBody}`).digest('hex')}`,
    );
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
