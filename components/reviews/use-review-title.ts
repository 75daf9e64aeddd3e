'use client';

import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import type { ReviewView } from '#lib/dashboard/index.ts';

/** What a review is about, in one line. */
export function useReviewTitle(): (review: ReviewView) => string {
  const t = useTranslations('reviews');
  const { locale } = useReader();
  return ({ kind, rolloutLabel, step }) => {
    const rollout = rolloutLabel?.[locale] ?? t('everything');
    return kind === 'rollback' && step
      ? t('title_rollback', { rollout, from: step.fromPhase ?? '—', to: step.toPhase })
      : t(kind === 'kill' ? 'title_kill' : 'title_plain', { rollout });
  };
}
