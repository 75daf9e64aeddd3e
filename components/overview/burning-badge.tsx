'use client';

import { Flame } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import { Badge } from '#components/ui/badge.tsx';
import type { RolloutSummary } from '#lib/dashboard/index.ts';
import { formatSpan } from '#lib/i18n/index.ts';

/** An error budget that burns so fast that a person is called (DASH-4); nothing where none does. */
export function BurningBadge({ burning }: Pick<RolloutSummary, 'burning'>) {
  const t = useTranslations('budgets');
  const { locale } = useReader();
  if (!burning) return null;
  const metric = burning.label[locale];
  const seconds = burning.firing?.exhaustedInSeconds ?? null;
  return (
    <Badge tone="bad" icon={<Flame aria-hidden className="size-4" />}>
      {seconds === null
        ? t('burning', { metric })
        : t('burningFor', { metric, span: formatSpan(seconds, locale) })}
    </Badge>
  );
}
