'use client';

import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import { Cell, HeaderCell, Row, Table, TableHead } from '#components/ui/table.tsx';
import type { WindowView } from '#lib/dashboard/index.ts';
import { Part } from './part.tsx';

type Count = WindowView['counts'][number];

/** What was counted: by event and by code and every other dimension; then what was kept out of the verdict, by why. */
export function WindowCounts({ view }: { view: WindowView }) {
  const t = useTranslations('window');
  const counted = view.counts.filter(({ tagSet }) => tagSet === '');
  const excluded = view.counts.filter(({ tagSet }) => tagSet !== '');
  return (
    <>
      <Part title={t('counts')}>
        {counted.length === 0 ? (
          <p className="text-sm text-ink-2">{t('noCounts')}</p>
        ) : (
          <CountTable caption={t('counts')} counts={counted} view={view} />
        )}
      </Part>
      {excluded.length > 0 ? (
        <Part title={t('excluded')}>
          <p className="mb-2 text-[13px] text-ink-2">{t('excludedText')}</p>
          <CountTable caption={t('excluded')} counts={excluded} view={view} tagged />
        </Part>
      ) : null}
    </>
  );
}

function CountTable({
  caption,
  counts,
  view,
  tagged,
}: {
  caption: string;
  counts: readonly Count[];
  view: WindowView;
  tagged?: boolean;
}) {
  const t = useTranslations('window');
  const { locale } = useReader();
  const number = new Intl.NumberFormat(locale);
  return (
    <Table caption={caption}>
      <TableHead>
        <HeaderCell>{t('event')}</HeaderCell>
        <HeaderCell>{t('dims')}</HeaderCell>
        <HeaderCell>{t('phase')}</HeaderCell>
        {tagged ? <HeaderCell>{t('tag')}</HeaderCell> : null}
        <HeaderCell numeric>{t('count')}</HeaderCell>
      </TableHead>
      <tbody>
        {counts.map((row) => (
          <Row key={JSON.stringify(row)}>
            <Cell>
              <span className="font-mono text-[13px]">{row.event}</span>
              <span className="block text-xs text-ink-2">{view.eventLabels[row.event]?.[locale]}</span>
            </Cell>
            <Cell className="font-mono text-[13px]">
              {Object.entries(row.dims)
                .map(([name, value]) => `${name}=${String(value)}`)
                .join(' ') || '—'}
            </Cell>
            <Cell>{row.phase}</Cell>
            {tagged ? <Cell className="font-mono text-[13px]">{row.tagSet}</Cell> : null}
            <Cell numeric>{number.format(row.count)}</Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}
