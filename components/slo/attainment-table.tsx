'use client';

import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import { Section } from '#components/ui/card.tsx';
import { cx } from '#components/ui/cx.ts';
import { Cell, HeaderCell, Row, Table, TableHead } from '#components/ui/table.tsx';
import { formatMonth } from '#lib/i18n/index.ts';
import type { Attainment, SloReport } from '#lib/slo/slo-report.schema.ts';
import { attainmentGrid } from './attainment-grid.ts';
import { useSloWords, zoneOf } from './use-slo-words.ts';

/** Attainment of each phase in each calendar month; not the number of the rolling period, and it says so. */
export function AttainmentTable({ report }: { report: SloReport }) {
  const t = useTranslations('slo');
  const { locale } = useReader();
  const { months, rows } = attainmentGrid(report);
  const shown = report.period.kind === 'month' ? report.period.month : null;
  return (
    <Section id="slo-attainment" title={t('attainment')}>
      <p className="max-w-3xl px-4 pt-3 text-[13px] text-ink-2 sm:px-5">
        {t('attainmentText', { zone: zoneOf(report.timezone) })}
      </p>
      {rows.length === 0 ? (
        <p className="px-4 py-4 text-sm text-ink-2 sm:px-5">{t('attainmentNone')}</p>
      ) : (
        <div className="px-1 py-2 sm:px-2">
          <Table caption={t('attainment')}>
            <TableHead>
              <HeaderCell>{t('phase')}</HeaderCell>
              {months.map((month) => (
                <HeaderCell key={month} numeric className={cx(month === shown && 'bg-accent-soft text-ink')}>
                  {formatMonth(month, locale)}
                  {month === shown ? <span className="sr-only"> ({t('thisMonth')})</span> : null}
                </HeaderCell>
              ))}
            </TableHead>
            <tbody>
              {rows.map(({ phase, cells }) => (
                <Row key={phase.id} className="break-inside-avoid">
                  <th scope="row" className="px-3 py-2 text-left align-top font-normal whitespace-nowrap">
                    <span className="font-semibold">{phase.id}</span>{' '}
                    {phase.label[locale] === phase.id ? null : (
                      <span className="text-ink-2">{phase.label[locale]}</span>
                    )}
                  </th>
                  {cells.map((cell, index) => {
                    const month = months[index] ?? '';
                    return (
                      <Cell
                        key={month}
                        numeric
                        className={cx('py-2 align-top', month === shown && 'bg-accent-soft')}
                      >
                        <AttainmentCell cell={cell} />
                      </Cell>
                    );
                  })}
                </Row>
              ))}
            </tbody>
          </Table>
        </div>
      )}
    </Section>
  );
}

function AttainmentCell({ cell }: { cell: Attainment | null }) {
  const t = useTranslations('slo');
  const { shareText, number } = useSloWords();
  if (cell === null)
    return (
      <span className="text-ink-2">
        <span aria-hidden>—</span>
        <span className="sr-only">{t('notOn')}</span>
      </span>
    );
  return (
    <>
      <span className="block font-semibold whitespace-nowrap">
        {cell.attainedRatio === null ? (
          <span className="font-normal text-ink-2">{t('cannotTell')}</span>
        ) : (
          shareText(cell.attainedRatio, 1)
        )}
      </span>
      <span className="block text-xs whitespace-nowrap text-ink-2">
        {t('metOf', { met: number.format(cell.metWindows), told: number.format(cell.toldWindows) })}
      </span>
      {cell.untoldWindows > 0 ? (
        <span className="block text-xs whitespace-nowrap text-ink-2">
          {t('untold', { count: number.format(cell.untoldWindows) })}
        </span>
      ) : null}
    </>
  );
}
