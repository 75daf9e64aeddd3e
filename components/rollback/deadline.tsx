'use client';

import { Hourglass } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useNow, useReader } from '#components/clock/clock.tsx';
import type { RequiredRollback } from '#lib/dashboard/index.ts';
import { formatInstant, formatSpan, zoneName } from '#lib/i18n/index.ts';

// Deadlines are looked at each minute: what has not happened by now does not happen by itself.
const MISSED_AFTER_SECONDS = 180;

/** What happens if nobody decides, and when: `14:15:00 JST に自動で戻します（あと 6 分）`. */
export function useDeadlineText(): (required: RequiredRollback, halted: boolean) => string {
  const t = useTranslations('notices');
  const { locale, zone } = useReader();
  const now = useNow();
  return ({ dueAt, mode }, halted) => {
    if (mode === 'shadow') return t('deadline_shadow');
    if (dueAt === null) return t('deadline_never');
    if (halted) return t('deadline_halted');
    const restSeconds = (Date.parse(dueAt) - now) / 1000;
    if (-restSeconds > MISSED_AFTER_SECONDS)
      return t('deadline_missed', { span: formatSpan(-restSeconds, locale) });
    if (restSeconds <= 0) return t('deadline_overdue');
    return t('deadline_at', {
      at: `${formatInstant(dueAt, 'clock', locale, zone)} ${zoneName(zone)}`,
      rest: formatSpan(restSeconds, locale),
    });
  };
}

/** The same as a line of its own; not announced every few seconds. */
export function DeadlineLine({ required, halted }: { required: RequiredRollback; halted: boolean }) {
  const text = useDeadlineText()(required, halted);
  return (
    <p className="mt-1.5 flex items-start gap-1.5 font-medium text-ink tabular-nums">
      <Hourglass aria-hidden className="mt-1 size-4 shrink-0 text-ink-2" />
      {required.dueAt === null ? text : <time dateTime={required.dueAt}>{text}</time>}
    </p>
  );
}
