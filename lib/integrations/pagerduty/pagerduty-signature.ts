import { createHmac, timingSafeEqual } from 'node:crypto';

/** Whether a webhook v3 comes from PagerDuty: one of the `v1=` signatures of its header fits a secret. Pure. */
export function isPagerDutySignature(
  header: string | null,
  rawBody: string,
  secrets: readonly string[],
): boolean {
  const given = (header ?? '').split(',').map((part) => Buffer.from(part.trim()));
  return secrets.some((secret) => {
    const expected = Buffer.from(`v1=${createHmac('sha256', secret).update(rawBody).digest('hex')}`);
    return given.some((each) => each.length === expected.length && timingSafeEqual(each, expected));
  });
}
