'use client';

import { BellRing, CircleCheck, CircleDashed, Siren, Ticket } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
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
        <Table
          caption={t('alertsTable', { objective: objectiveName(objective) })}
          className="max-sm:block max-sm:[&>tbody]:block"
        >
          <TableHead className="max-sm:sr-only">
            <HeaderCell>{t('severity')}</HeaderCell>
            <HeaderCell>{t('alertState')}</HeaderCell>
            <HeaderCell numeric>{t('threshold')}</HeaderCell>
            <HeaderCell numeric>{t('long')}</HeaderCell>
            <HeaderCell numeric>{t('short')}</HeaderCell>
            <HeaderCell numeric>{t('exhaustedIn')}</HeaderCell>
          </TableHead>
          <tbody>
            {objective.alerts.map((alert) => (
              <Row
                key={`${alert.severity} ${alert.longSeconds} ${alert.shortSeconds}`}
                className="max-sm:grid max-sm:grid-cols-2 max-sm:gap-x-3 max-sm:px-3 max-sm:py-2"
              >
                <Part>
                  <span className="inline-flex items-center gap-1.5">
                    {alert.severity === 'page' ? (
                      <Siren aria-hidden className="size-4 text-ink-2" />
                    ) : (
                      <Ticket aria-hidden className="size-4 text-ink-2" />
                    )}
                    {t(`severity_${alert.severity}`)}
                  </span>
                </Part>
                <Part>
                  <AlertState alert={alert} />
                </Part>
                <Part numeric label={t('threshold')}>
                  {t('thresholdOf', {
                    rate: `${rate.format(alert.thresholdRate)}×`,
                    share: formatShare(alert.budgetShare, locale),
                    span: formatSpan(alert.longSeconds, locale),
                  })}
                </Part>
                <Part numeric label={t('long')}>
                  {rateText(alert.longBurnRate, alert.longSeconds)}
                </Part>
                <Part numeric label={t('short')}>
                  {rateText(alert.shortBurnRate, alert.shortSeconds)}
                </Part>
                <Part numeric label={t('exhaustedIn')}>
                  {objective.budget.state === 'exhausted'
                    ? t('gone')
                    : alert.exhaustedInSeconds === null
                      ? '—'
                      : formatSpan(alert.exhaustedInSeconds, locale)}
                </Part>
              </Row>
            ))}
          </tbody>
        </Table>
      </div>
    </div>
  );
}

/** A cell; on a phone, where rows become little lists, it says itself what it is. */
function Part({
  label,
  numeric = false,
  children,
}: {
  label?: string;
  numeric?: boolean;
  children: ReactNode;
}) {
  return (
    <Cell
      numeric={numeric}
      className="max-sm:h-auto max-sm:px-0 max-sm:py-0.5 max-sm:text-left sm:whitespace-nowrap"
    >
      {label === undefined ? null : <span className="block text-xs text-ink-2 sm:hidden">{label}</span>}
      {children}
    </Cell>
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
