'use client';

import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import { Cell, HeaderCell, Row, Table, TableHead } from '#components/ui/table.tsx';
import { VerdictWord } from '#components/ui/verdict-badge.tsx';
import type { PanelPoint, PanelSeries, PanelView } from '#lib/dashboard/index.ts';
import { formatAgainst, formatLimit, formatWindow, zoneName } from '#lib/i18n/index.ts';
import { useOpenWindow } from './use-open-window.ts';
import { WindowLink } from './window-link.tsx';

/** The same series as a table, newest first: for screen readers, for copying, for exact numbers. */
export function SeriesTable({
  view,
  series,
  points,
}: {
  view: Pick<PanelView, 'range'>;
  series: PanelSeries;
  points: readonly PanelPoint[];
}) {
  const t = useTranslations();
  const openWindow = useOpenWindow();
  const { locale, zone } = useReader();
  return (
    <div className="max-h-80 overflow-y-auto">
      <Table
        caption={t('panel.tableCaption', {
          metric: series.label[locale],
          range: t(`panel.range_${view.range}`),
        })}
      >
        <TableHead>
          <HeaderCell>
            {t('panel.window')} ({zoneName(zone)})
          </HeaderCell>
          <HeaderCell>{t('panel.phase')}</HeaderCell>
          <HeaderCell>{t('panel.verdict')}</HeaderCell>
          <HeaderCell numeric>{t('panel.value')}</HeaderCell>
          <HeaderCell numeric>{t('panel.limit')}</HeaderCell>
          <HeaderCell numeric>{t('panel.samples')}</HeaderCell>
        </TableHead>
        <tbody>
          {points.toReversed().map((point) => (
            <Row key={`${point.windowStart} ${point.phase}`}>
              <Cell className="whitespace-nowrap">
                <WindowLink openWindow={openWindow} windowStart={point.shownStart}>
                  {formatWindow(point.windowStart, point.windowEnd, locale, zone)}
                </WindowLink>
              </Cell>
              <Cell>{point.phase}</Cell>
              <Cell>
                <VerdictWord verdict={point.verdict} />
              </Cell>
              <Cell numeric>
                {point.value === null
                  ? t('app.none')
                  : formatAgainst(point.value, point.limit, series.unit, locale)}
              </Cell>
              <Cell numeric>
                {point.limit === null ? t('app.none') : formatLimit(point.limit, series.unit, locale)}
              </Cell>
              <Cell numeric>{new Intl.NumberFormat(locale).format(point.samples)}</Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </div>
  );
}
