'use client';

import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import type { Attention } from '#lib/dashboard/index.ts';
import { EVERYTHING } from '#lib/rollouts/index.ts';

/** What a stop covers, in words. */
export function useScopeText(rollouts: Attention['rollouts']): (scope: string) => string {
  const t = useTranslations('stops');
  const { locale } = useReader();
  return (scope) =>
    scope === EVERYTHING
      ? t('everything')
      : (rollouts.find(({ id }) => id === scope)?.label[locale] ?? scope);
}
