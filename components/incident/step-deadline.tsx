'use client';

import { Hourglass } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Instant, useNow, useReader } from '#components/clock/clock.tsx';
import { formatSpan } from '#lib/i18n/index.ts';
import type { Step } from './step-looks.ts';

/** When a step is due and how long that is, or since when it is late; nothing once it is done or has no deadline. */
export function StepDeadline({ step }: { step: Step }) {
  const t = useTranslations('incidentPage');
  const { locale } = useReader();
  const now = useNow();
  const { dueAt } = step;
  if (dueAt === null || step.doneAt !== null) return null;
  const restSeconds = (Date.parse(dueAt) - now) / 1000;
  const late = restSeconds <= 0;
  return (
    <p
      className={`mt-1 flex items-start gap-1.5 text-[13px] tabular-nums ${late ? 'font-medium text-bad' : 'text-ink-2'}`}
    >
      <Hourglass aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>
        {t.rich(late ? 'overdueBy' : 'dueIn', {
          at: () => <Instant at={dueAt} />,
          span: formatSpan(Math.abs(restSeconds), locale),
        })}
      </span>
    </p>
  );
}
