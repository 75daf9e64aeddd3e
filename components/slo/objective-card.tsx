'use client';

import { BellRing, ChevronDown } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { cx } from '#components/ui/cx.ts';
import { formatLimit } from '#lib/i18n/index.ts';
import type { SloObjective, SloReport } from '#lib/slo/slo-report.schema.ts';
import { BudgetMeter } from './budget-looks.tsx';
import { BurnAlerts } from './burn-alerts.tsx';
import { BurnDownChart } from './burn-down-chart.tsx';
import { BurnDownTable } from './burn-down-table.tsx';
import { useSloWords } from './use-slo-words.ts';

/**
 * One objective: what is asked, what was attained, what is left; unfolded also how it was spent and how fast. On paper
 * everything is unfolded.
 */
export function ObjectiveCard({
  objective,
  report,
  initiallyOpen,
}: {
  objective: SloObjective;
  report: SloReport;
  initiallyOpen: boolean;
}) {
  const t = useTranslations('slo');
  const { objectiveName, objectiveSentence, roomText, shareText, locale, number } = useSloWords();
  const [open, setOpen] = useState(initiallyOpen);
  const [tableOpen, setTableOpen] = useState(false);
  const titleId = useId();
  const detailsId = useId();
  const tableId = useId();
  const { budget, basis, alerts } = objective;
  const name = objectiveName(objective);
  const firing = alerts.some((alert) => alert.firing);
  const figures = [
    [
      t('attained'),
      budget.attainedRatio === null ? '—' : shareText(budget.attainedRatio, budget.targetRatio),
    ],
    [t('target'), formatLimit(budget.targetRatio, 'ratio', locale)],
  ];
  return (
    <article aria-labelledby={titleId} className="px-4 py-4 sm:px-5 print:py-2.5" data-objective={name}>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-x-6 gap-y-3 break-inside-avoid break-after-avoid md:grid-cols-[minmax(0,1fr)_9rem_13rem_2.5rem] md:items-start print:grid-cols-[minmax(0,1fr)_8rem_11rem]">
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h3 id={titleId} className="font-semibold break-words">
              {name}
            </h3>
            {firing ? (
              <Badge tone="bad" icon={<BellRing aria-hidden className="size-3.5" />}>
                {t('firing')}
              </Badge>
            ) : null}
          </div>
          <p className="mt-0.5 text-sm text-ink-2 text-pretty">{objectiveSentence(objective)}</p>
        </div>
        <dl className="grid grid-cols-2 gap-x-4 text-sm md:grid-cols-[auto_1fr]">
          {figures.map(([label, value]) => (
            <div key={label} className="contents">
              <dt className="text-ink-2">{label}</dt>
              <dd className="text-right font-semibold tabular-nums">{value}</dd>
            </div>
          ))}
        </dl>
        <div className="min-w-0">
          <BudgetMeter budget={budget} name={name} />
          <p className="mt-1 text-[13px] text-ink-2 tabular-nums">{roomText(budget, basis)}</p>
        </div>
        <Button
          tone="quiet"
          size="sm"
          aria-expanded={open}
          aria-controls={detailsId}
          aria-label={t('details', { objective: name })}
          className="justify-self-end max-md:h-11 max-md:w-full max-md:border-line print:hidden"
          onClick={() => setOpen(!open)}
        >
          <span className="md:sr-only">{t('detailsShort')}</span>
          <ChevronDown
            aria-hidden
            className={cx('size-5 motion-safe:transition-transform', open && 'rotate-180')}
          />
        </Button>
      </div>
      <div
        id={detailsId}
        className={cx(
          'mt-4 grid grid-cols-[minmax(0,1fr)] gap-5 print:mt-2 print:block print:space-y-3',
          !open && 'hidden',
        )}
      >
        <figure className="m-0 min-w-0 print:break-inside-avoid">
          <figcaption className="mb-1 break-after-avoid">
            <span className="text-sm font-semibold">{t('burnDown')}</span>{' '}
            <span className="text-[13px] text-ink-2">
              {t('burnDownText')} ·{' '}
              {t(basis === 'events' ? 'goodBadEvents' : 'goodBadWindows', {
                good: number.format(budget.goodCount),
                bad: number.format(budget.badCount),
              })}
            </span>
          </figcaption>
          <div className="xl:grid xl:grid-cols-[minmax(0,53rem)_minmax(0,1fr)] xl:gap-6 print:block">
            <div className="min-w-0 break-inside-avoid">
              <BurnDownChart objective={objective} report={report} />
            </div>
            <div className="min-w-0">
              <Button
                tone="quiet"
                size="sm"
                aria-expanded={tableOpen}
                aria-controls={tableId}
                className="mt-1 -ml-2.5 text-accent underline underline-offset-2 max-md:h-11 xl:hidden print:hidden"
                onClick={() => setTableOpen(!tableOpen)}
              >
                {t(tableOpen ? 'hideTable' : 'showTable')}
              </Button>
              <div id={tableId} className={cx('mt-2 xl:mt-5', !tableOpen && 'hidden xl:block print:block')}>
                <BurnDownTable objective={objective} />
              </div>
            </div>
          </div>
        </figure>
        {alerts.length > 0 ? <BurnAlerts objective={objective} /> : null}
      </div>
    </article>
  );
}
