import { cookies, headers } from 'next/headers';
import { getRequestConfig } from 'next-intl/server';
import { chooseLocale, chooseZone, LOCALE_COOKIE, type Locale, ZONE_COOKIE } from './locale.ts';

const MESSAGES = {
  ja: () => import('../../messages/ja.json'),
  en: () => import('../../messages/en.json'),
} as const satisfies Record<Locale, () => Promise<unknown>>;

export default getRequestConfig(async () => {
  const [jar, head] = await Promise.all([cookies(), headers()]);
  const locale = chooseLocale(jar.get(LOCALE_COOKIE)?.value, head.get('accept-language'));
  return {
    locale,
    timeZone: chooseZone(jar.get(ZONE_COOKIE)?.value),
    messages: (await MESSAGES[locale]()).default,
  };
});
