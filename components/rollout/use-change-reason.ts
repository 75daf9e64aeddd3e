'use client';

import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import type { PhaseChangeView } from '#lib/dashboard/index.ts';

/** Why a step was made: a person's own words, or why it was made by itself, in the reader's language. */
export function useChangeReason(): (change: Pick<PhaseChangeView, 'reason' | 'because'>) => string {
  const t = useTranslations('because');
  const list = useTranslations('gates');
  const { locale } = useReader();
  return ({ reason, because }) => {
    if (because === null) return reason;
    const metrics = because.metrics.map((name) => name[locale]).join(list('separator'));
    const why = t(because.code);
    const about = metrics === '' ? why : t('about', { why, metrics });
    return because.overdue ? t('overdue', { about }) : about;
  };
}
