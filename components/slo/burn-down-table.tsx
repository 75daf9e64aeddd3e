'use client';

import { useTranslations } from 'next-intl';
import { cx } from '#components/ui/cx.ts';
import { formatDay } from '#lib/i18n/index.ts';
import type { SloObjective } from '#lib/slo/slo-report.schema.ts';
import { burnDownTable } from './burn-down-rows.ts';
import { useSloWords } from './use-slo-words.ts';

// On paper a month would fill a page; from here on it stands in three columns.
const ROWS_OF_ONE_COLUMN = 8;

/** The burn-down as a table, oldest day first: for screen readers, for exact numbers, and under each printed chart. */
export function BurnDownTable({ objective }: { objective: SloObjective }) {
  const t = useTranslations('slo');
  const { objectiveName, leftText, locale, number } = useSloWords();
  const caption = t('dayTable', { objective: objectiveName(objective) });
  const rows = burnDownTable(objective.burnDown);
  const windows = objective.basis === 'windows';
  return (
    <section
      aria-label={caption}
      className={cx(
        'overflow-auto rounded-md border border-line xl:max-h-72 print:max-h-none print:break-inside-avoid print:border-0',
        rows.length > ROWS_OF_ONE_COLUMN && 'print:columns-3 print:gap-6',
      )}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <table className="w-full border-collapse text-[13px] tabular-nums print:text-[12px] print:leading-snug">
        <caption className="sr-only">{caption}</caption>
        <thead className="text-left text-ink-2 xl:sticky xl:top-0 xl:bg-surface print:static">
          <tr className="border-b border-line [&>th]:px-3 [&>th]:py-1.5 [&>th]:font-medium print:[&>th]:px-1 print:[&>th]:py-0">
            <th scope="col">{t('day')}</th>
            <th scope="col" className="text-right">
              {t('goodEvents')}
            </th>
            <th scope="col" className="text-right">
              {windows ? t('missedWindows') : t('badEvents')}
            </th>
            <th scope="col" className="text-right">
              {t('left')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) =>
            row.kind === 'gap' ? (
              <tr key={row.from} className="border-b border-line last:border-b-0">
                <th
                  scope="row"
                  className="px-3 py-1 text-left font-normal whitespace-nowrap print:px-1 print:py-0"
                >
                  {row.days === 1
                    ? formatDay(row.from, locale)
                    : `${formatDay(row.from, locale)} – ${formatDay(row.to, locale)}`}
                </th>
                <td colSpan={3} className="px-3 py-1 text-right text-ink-2 print:px-1 print:py-0">
                  {row.days === 1 ? t('gapDay') : t('gapDays', { count: row.days })}
                </td>
              </tr>
            ) : (
              <tr key={row.point.day} className="border-b border-line last:border-b-0">
                <th
                  scope="row"
                  className="px-3 py-1 text-left font-normal whitespace-nowrap print:px-1 print:py-0"
                >
                  {formatDay(row.point.day, locale)}
                </th>
                <td className="px-3 py-1 text-right print:px-1 print:py-0">
                  {number.format(row.point.goodCount)}
                </td>
                <td className="px-3 py-1 text-right print:px-1 print:py-0">
                  {number.format(row.point.badCount)}
                </td>
                <td className="px-3 py-1 text-right print:px-1 print:py-0">
                  {leftText(row.point.remainingRatio)}
                </td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </section>
  );
}
