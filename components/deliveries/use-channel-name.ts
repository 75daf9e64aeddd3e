'use client';

import { useTranslations } from 'next-intl';

/** A channel's name; `log` has none of its own: it is where messages end that no channel took. */
export function useChannelName(): (name: string) => string {
  const t = useTranslations('delivery');
  return (name) => (name === 'log' ? t('log') : name);
}
