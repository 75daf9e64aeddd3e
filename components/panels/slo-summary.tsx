'use client';

import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import { PhaseChangeList } from '#components/rollout/phase-change-list.tsx';
import { Cell, HeaderCell, Row, Table, TableHead } from '#components/ui/table.tsx';
import type { PanelView, PhaseChangeView } from '#lib/dashboard/index.ts';
import { formatMetric } from '#lib/i18n/index.ts';

/** Attainment by phase, how often it was rolled back, and the phase changes of the range (DASH-4). */
export function SloSummary({
  slo,
  changes,
}: {
  slo: NonNullable<PanelView['slo']>;
  changes: readonly PhaseChangeView[];
}) {
  const t = useTranslations('panel');
  const { locale } = useReader();
  const number = new Intl.NumberFormat(locale);
  return (
    <div className="mb-6 grid gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <div className="min-w-0">
        <h3 className="text-sm font-semibold">{t('attainment')}</h3>
        <p className="mb-2 text-[13px] text-ink-2">{t('attainmentText')}</p>
        <Table caption={t('attainment')}>
          <TableHead>
            <HeaderCell>{t('phase')}</HeaderCell>
            <HeaderCell numeric>{t('attainmentCol')}</HeaderCell>
            <HeaderCell numeric>{t('windowsCol')}</HeaderCell>
          </TableHead>
          <tbody>
            {slo.attainment.map((row) => (
              <Row key={row.phase}>
                <Cell>
                  <span className="font-semibold">{row.phase}</span>{' '}
                  <span className="text-ink-2">{row.label[locale]}</span>
                </Cell>
                <Cell numeric>
                  {row.attainmentRatio === null ? (
                    <span className="text-ink-2">{t('cannotTell')}</span>
                  ) : (
                    <span className="font-semibold">
                      {formatMetric(row.attainmentRatio, 'ratio', locale)}
                    </span>
                  )}
                </Cell>
                <Cell numeric>
                  {number.format(row.metWindows)} / {number.format(row.toldWindows)}
                </Cell>
              </Row>
            ))}
          </tbody>
        </Table>
      </div>
      <div className="min-w-0">
        <h3 className="flex items-baseline justify-between gap-3 text-sm font-semibold">
          {t('changes')}
          <span className="text-[13px] font-normal text-ink-2">
            {t('rollbackCount')}{' '}
            <span className="text-base font-semibold text-ink tabular-nums">
              {t('times', { count: slo.rollbackCount })}
            </span>
          </span>
        </h3>
        {changes.length > 0 ? (
          <PhaseChangeList changes={changes.toReversed()} />
        ) : (
          <p className="mt-2 text-sm text-ink-2">{t('noChanges')}</p>
        )}
      </div>
    </div>
  );
}
