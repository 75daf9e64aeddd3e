'use client';

import { CircleCheck, CircleDashed, OctagonX } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Instant } from '#components/clock/clock.tsx';
import { cx } from '#components/ui/cx.ts';
import type { SloReport } from '#lib/slo/slo-report.schema.ts';
import { reportAnswerOf } from './report-answer-of.ts';
import { useSloWords } from './use-slo-words.ts';

const LOOKS = {
  within: { icon: CircleCheck, ink: 'text-pass', frame: 'border-pass-line/50 bg-pass-soft' },
  spent: { icon: OctagonX, ink: 'text-bad', frame: 'border-bad-line/60 bg-bad-soft' },
  none: { icon: CircleDashed, ink: 'text-none', frame: 'border-none-line/50 bg-none-soft' },
} as const;

/** The answer before anything else: whether the budgets held, which stands worst, what happened (DASH-4). */
export function ReportAnswer({ report }: { report: SloReport }) {
  const t = useTranslations('slo');
  const { objectiveName, leftText, number } = useSloWords();
  const answer = reportAnswerOf(report);
  const { icon: Icon, ink, frame } = LOOKS[answer.kind];
  const { worst } = answer;
  const { countedFrom } = report;
  const counts = [
    [t('rollbackCount'), answer.rollbackCount],
    [t('openIncidents'), answer.openIncidentCount],
    // A closed month burns no more: it has no alerts to count.
    ...(report.period.kind === 'rolling' ? [[t('firingCount'), answer.firingCount] as const] : []),
  ] as const;
  return (
    <section
      aria-label={t('answer')}
      className={cx(
        'flex gap-3 rounded-lg border px-4 py-4 sm:px-5 print:border-ink print:bg-transparent',
        frame,
      )}
    >
      <Icon aria-hidden className={cx('mt-0.5 size-6 shrink-0', ink)} />
      <div className="min-w-0 flex-1">
        <p className="text-lg leading-snug font-semibold text-pretty" aria-live="polite">
          {t(`answer_${answer.kind}`, {
            count: number.format(answer.countedCount),
            spent: number.format(answer.spentCount),
          })}
        </p>
        {worst ? (
          <p className="mt-1 text-pretty" data-worst>
            {t((worst.budget.remainingRatio ?? 0) > 0 ? 'worst' : 'worstSpent', {
              objective: objectiveName(worst),
              left: leftText(worst.budget.remainingRatio),
            })}
          </p>
        ) : null}
        {countedFrom !== null && countedFrom > report.period.from && answer.kind !== 'none' ? (
          <p className="mt-1 text-sm text-ink-2">
            {t.rich('countedOnly', { at: () => <Instant at={countedFrom} style="minute" /> })}
          </p>
        ) : null}
        <dl className="mt-2 flex flex-wrap gap-x-6 gap-y-1 text-sm">
          {counts.map(([label, count]) => (
            <div key={label} className="flex items-baseline gap-1.5">
              <dt className="text-ink-2">{label}</dt>
              <dd className="font-semibold tabular-nums">{t('count', { count: number.format(count) })}</dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  );
}
