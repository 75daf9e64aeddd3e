'use client';

import { BellRing, CircleCheck, CircleDashed, Siren, Ticket } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Cell, HeaderCell, Row, Table, TableHead } from '#components/ui/table.tsx';
import { formatShare, formatSpan } from '#lib/i18n/index.ts';
import type { BurnAlert, SloObjective } from '#lib/slo/slo-report.schema.ts';
import { useSloWords } from './use-slo-words.ts';

/** How fast the budget burns in each pair of windows, and from what speed somebody is told (SRE workbook, chapter 5). */
export function BurnAlerts({ objective }: { objective: SloObjective }) {
  const t = useTranslations('slo');
  const { objectiveName, locale } = useSloWords();
  const rate = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const rateText = (value: number | null, seconds: number) =>
    t('rateOver', {
      rate: value === null ? t('noRate') : `${rate.format(value)}×`,
      span: formatSpan(seconds, locale),
    });
  const soonest = objective.alerts
    .filter(({ firing }) => firing)
    .flatMap(({ exhaustedInSeconds }) => (exhaustedInSeconds === null ? [] : [exhaustedInSeconds]))
    .sort((a, b) => a - b)[0];
  return (
    <div className="break-inside-avoid print:pt-2">
      <h4 className="text-sm font-semibold">{t('alerts')}</h4>
      <p className="mt-0.5 max-w-3xl text-[13px] text-ink-2">{t('alertsText')}</p>
      {soonest === undefined ? null : (
        <p className="mt-1 flex items-center gap-1.5 text-sm font-medium text-bad">
          <BellRing aria-hidden className="size-4 shrink-0" />
          {t('exhaustedSentence', { span: formatSpan(soonest, locale) })}
        </p>
      )}
      <div className="mt-2 rounded-md border border-line">
        <Table caption={t('alertsTable', { objective: objectiveName(objective) })}>
          <TableHead>
            <HeaderCell>{t('severity')}</HeaderCell>
            <HeaderCell>{t('alertState')}</HeaderCell>
            <HeaderCell numeric>{t('threshold')}</HeaderCell>
            <HeaderCell numeric>{t('long')}</HeaderCell>
            <HeaderCell numeric>{t('short')}</HeaderCell>
            <HeaderCell numeric>{t('exhaustedIn')}</HeaderCell>
          </TableHead>
          <tbody>
            {objective.alerts.map((alert) => (
              <Row key={`${alert.severity} ${alert.longSeconds} ${alert.shortSeconds}`}>
                <Cell className="whitespace-nowrap">
                  <span className="inline-flex items-center gap-1.5">
                    {alert.severity === 'page' ? (
                      <Siren aria-hidden className="size-4 text-ink-2" />
                    ) : (
                      <Ticket aria-hidden className="size-4 text-ink-2" />
                    )}
                    {t(`severity_${alert.severity}`)}
                  </span>
                </Cell>
                <Cell className="whitespace-nowrap">
                  <AlertState alert={alert} />
                </Cell>
                <Cell numeric className="whitespace-nowrap">
                  {t('thresholdOf', {
                    rate: `${rate.format(alert.thresholdRate)}×`,
                    share: formatShare(alert.budgetShare, locale),
                    span: formatSpan(alert.longSeconds, locale),
                  })}
                </Cell>
                <Cell numeric className="whitespace-nowrap">
                  {rateText(alert.longBurnRate, alert.longSeconds)}
                </Cell>
                <Cell numeric className="whitespace-nowrap">
                  {rateText(alert.shortBurnRate, alert.shortSeconds)}
                </Cell>
                <Cell numeric className="whitespace-nowrap">
                  {objective.budget.state === 'exhausted'
                    ? t('gone')
                    : alert.exhaustedInSeconds === null
                      ? '—'
                      : formatSpan(alert.exhaustedInSeconds, locale)}
                </Cell>
              </Row>
            ))}
          </tbody>
        </Table>
      </div>
    </div>
  );
}

function AlertState({ alert }: { alert: BurnAlert }) {
  const t = useTranslations('slo');
  if (alert.firing)
    return (
      <span className="inline-flex items-center gap-1.5 font-medium text-bad">
        <BellRing aria-hidden className="size-4" />
        {t('firing')}
      </span>
    );
  if (alert.tooFew)
    return (
      <span className="inline-flex items-center gap-1.5 text-ink-2">
        <CircleDashed aria-hidden className="size-4" />
        {t('tooFew')}
      </span>
    );
  // Without counts nothing fires; that is not the same as quiet.
  if (alert.longBurnRate === null)
    return (
      <span className="inline-flex items-center gap-1.5 text-none">
        <CircleDashed aria-hidden className="size-4" />
        {t('noRate')}
      </span>
    );
  return (
    <span className="inline-flex items-center gap-1.5 text-ink-2">
      <CircleCheck aria-hidden className="size-4 text-pass" />
      {t('quiet')}
    </span>
  );
}
