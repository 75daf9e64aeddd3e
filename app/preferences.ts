'use server';

import { cookies } from 'next/headers';
import { isLocale, isZone, LOCALE_COOKIE, ZONE_COOKIE } from '#lib/i18n/index.ts';

const YEAR_SECONDS = 365 * 86_400;
const OPTIONS = { path: '/', maxAge: YEAR_SECONDS, sameSite: 'lax', httpOnly: true } as const;

/** Remembers the reader's language; anything unknown is ignored. It changes nothing but this browser's cookie. */
export async function saveLocale(value: string): Promise<void> {
  if (isLocale(value)) (await cookies()).set(LOCALE_COOKIE, value, OPTIONS);
}

/** Remembers the reader's time zone; anything unknown is ignored. */
export async function saveZone(value: string): Promise<void> {
  if (isZone(value)) (await cookies()).set(ZONE_COOKIE, value, OPTIONS);
}
