'use client';

import { useTranslations } from 'next-intl';
import { Instant, useNow, useReader } from '#components/clock/clock.tsx';
import type { Deadline } from '#lib/dashboard/index.ts';
import { formatSpan } from '#lib/i18n/index.ts';

/** What happens by itself or ends next, when, and how long that is from now. */
export function DeadlineLine({ deadline }: { deadline: Deadline }) {
  const t = useTranslations('deadline');
  const { locale } = useReader();
  const seconds = (Date.parse(deadline.at) - useNow()) / 1000;
  return (
    <span className="tabular-nums">
      {t(deadline.kind)} <Instant at={deadline.at} />
      <span className="ml-2 text-ink-2">
        {seconds > 0
          ? t('in', { span: formatSpan(seconds < 60 ? seconds : Math.round(seconds / 60) * 60, locale) })
          : t('overdue')}
      </span>
    </span>
  );
}
