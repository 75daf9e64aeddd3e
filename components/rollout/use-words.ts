'use client';

import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import type { PolicyNames } from '#lib/dashboard/index.ts';

/** What sentences about gates are made with: texts, the policy's names, and how the reader wants times. */
export function useWords(names: PolicyNames) {
  const t = useTranslations();
  const { locale, zone } = useReader();
  return {
    t: (key: string, values?: Record<string, string | number>) => t(key, values),
    names,
    locale,
    zone,
  };
}
