/** The languages of the interface; the first is the default (DASH-6). */
export const LOCALES = ['ja', 'en'] as const;
export type Locale = (typeof LOCALES)[number];

/** The zones a reader may choose; times are stored in UTC. */
export const ZONES = ['Asia/Tokyo', 'UTC'] as const;
export type Zone = (typeof ZONES)[number];

/** What the reader chose on this device; read by the server, so that the first page is right. */
export const LOCALE_COOKIE = 'phasegate_locale';
export const ZONE_COOKIE = 'phasegate_zone';

/** Whether a cookie or header names a language there is. */
export function isLocale(value: unknown): value is Locale {
  return LOCALES.some((locale) => locale === value);
}

/** Whether a cookie names a zone there is. */
export function isZone(value: unknown): value is Zone {
  return ZONES.some((zone) => zone === value);
}

/**
 * The reader's language: the cookie, else the first of Accept-Language that we have, by weight, else Japanese.
 * A malformed header is treated as absent.
 */
export function chooseLocale(cookie: string | undefined, acceptLanguage: string | null): Locale {
  if (isLocale(cookie)) return cookie;
  const wishes = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const weight = parameters.map((p) => p.trim()).find((p) => p.startsWith('q='));
      const q = weight === undefined ? 1 : Number(weight.slice(2));
      return { language: tag.split('-')[0] ?? '', q: Number.isFinite(q) ? q : 0 };
    })
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q);
  for (const { language } of wishes) if (isLocale(language)) return language;
  return LOCALES[0];
}

/** The reader's zone: the cookie, else Japan's. */
export function chooseZone(cookie: string | undefined): Zone {
  return isZone(cookie) ? cookie : ZONES[0];
}
