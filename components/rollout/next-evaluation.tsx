'use client';

import { useTranslations } from 'next-intl';
import { useNow, useReader } from '#components/clock/clock.tsx';
import type { RolloutSummary } from '#lib/dashboard/index.ts';
import { formatInstant, formatSpan, zoneName } from '#lib/i18n/index.ts';

/** When the next verdict is due, as a window, and how long that is from now. */
export function NextEvaluation({ next }: { next: RolloutSummary['nextEvaluation'] }) {
  const t = useTranslations('overview');
  const { locale, zone } = useReader();
  const now = useNow();
  const seconds = (new Date(next.earliest).getTime() - now) / 1000;
  const late = now > new Date(next.latest).getTime();
  return (
    <span className="tabular-nums">
      {t('nextAt', {
        from: formatInstant(next.earliest, 'time', locale, zone),
        to: formatInstant(next.latest, 'time', locale, zone),
      })}{' '}
      {zoneName(zone)}
      <span className="ml-2 text-ink-2">
        {late
          ? t('nextLate')
          : seconds <= 0
            ? t('nextDue')
            : t('nextIn', { span: formatSpan(minutes(seconds), locale) })}
      </span>
    </span>
  );
}

/** Whole minutes, so that the text does not count seconds; the last minute is told in seconds. */
function minutes(seconds: number): number {
  return seconds < 60 ? seconds : Math.round(seconds / 60) * 60;
}
