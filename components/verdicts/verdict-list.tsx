'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Fragment, useState } from 'react';
import { useReader } from '#components/clock/clock.tsx';
import { useOpenWindow } from '#components/panels/use-open-window.ts';
import { WindowLink } from '#components/panels/window-link.tsx';
import { LoadFailed } from '#components/state/load-failed.tsx';
import { MoreButton } from '#components/ui/more-button.tsx';
import { EmptyState, Skeleton } from '#components/ui/notice.tsx';
import { Cell, HeaderCell, Row, Table, TableHead } from '#components/ui/table.tsx';
import { VerdictWord } from '#components/ui/verdict-badge.tsx';
import type { Text, VerdictRow } from '#lib/dashboard/index.ts';
import { formatAgainst, formatWindow, zoneName } from '#lib/i18n/index.ts';
import { verdictsQuery } from '#lib/queries/index.ts';
import { VerdictDetails } from './verdict-details.tsx';

type Labels = Readonly<Record<string, Text>>;
const FIRST_ROWS = 12;
const MORE_ROWS = 36;

/** The newest verdicts of a rollout; each opens to its metrics, limits, sample sizes and reasons (ANA-4). */
export function VerdictList({ rolloutId, labels }: { rolloutId: string; labels: Labels }) {
  const t = useTranslations();
  const { zone } = useReader();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    verdictsQuery(rolloutId),
  );
  const [openId, setOpenId] = useState<string | null>(null);
  const [wanted, setWanted] = useState(FIRST_ROWS);
  const known = data?.pages.flatMap((page) => page.verdicts) ?? [];
  const rows = known.slice(0, wanted);
  function showMore() {
    setWanted(wanted + MORE_ROWS);
    if (known.length < wanted + MORE_ROWS && hasNextPage) void fetchNextPage();
  }
  return (
    <>
      {error ? (
        <LoadFailed error={error} retry={refetch} title={t('verdicts.failed')} className="m-4" />
      ) : null}
      {data === undefined ? (
        error ? null : (
          <div className="p-4">
            <Skeleton className="h-72" />
          </div>
        )
      ) : rows.length === 0 ? (
        <EmptyState title={t('verdicts.empty')}>{t('verdicts.emptyText')}</EmptyState>
      ) : (
        <>
          <Table caption={t('verdicts.caption')}>
            <TableHead>
              <HeaderCell className="w-10">
                <span className="sr-only">{t('verdicts.details')}</span>
              </HeaderCell>
              <HeaderCell>
                {t('verdicts.window')} ({zoneName(zone)})
              </HeaderCell>
              <HeaderCell>{t('verdicts.verdict')}</HeaderCell>
              <HeaderCell className="hidden sm:table-cell">{t('verdicts.phase')}</HeaderCell>
              <HeaderCell className="hidden md:table-cell">{t('verdicts.deciding')}</HeaderCell>
              <HeaderCell className="hidden sm:table-cell">{t('verdicts.revision')}</HeaderCell>
            </TableHead>
            <tbody>
              {rows.map((row) => (
                <Fragment key={row.id}>
                  <VerdictRowView
                    row={row}
                    labels={labels}
                    open={openId === row.id}
                    toggle={() => setOpenId(openId === row.id ? null : row.id)}
                  />
                  {openId === row.id ? (
                    <tr className="border-b border-line bg-sunken/50">
                      <td colSpan={6} className="p-0">
                        <div className="px-3 py-3 sm:pl-14">
                          <VerdictDetails row={row} labels={labels} />
                        </div>
                      </td>
                    </tr>
                  ) : null}
                </Fragment>
              ))}
            </tbody>
          </Table>
          {hasNextPage || known.length > wanted ? (
            <MoreButton loading={isFetchingNextPage} onClick={showMore} />
          ) : null}
        </>
      )}
    </>
  );
}

function VerdictRowView({
  row,
  labels,
  open,
  toggle,
}: {
  row: VerdictRow;
  labels: Labels;
  open: boolean;
  toggle: () => void;
}) {
  const t = useTranslations();
  const { locale, zone } = useReader();
  const openWindow = useOpenWindow();
  const window = formatWindow(row.windowStart, row.windowEnd, locale, zone);
  const deciding =
    row.verdict === 'pass'
      ? []
      : row.metrics.filter((metric) => !metric.shadow && metric.verdict === row.verdict);
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <Row>
      <Cell className="pr-0">
        <button
          type="button"
          aria-expanded={open}
          aria-label={t(open ? 'verdicts.hide' : 'verdicts.open', { window })}
          onClick={toggle}
          className="inline-flex size-8 items-center justify-center rounded text-ink-2 hover:bg-sunken hover:text-ink"
        >
          <Chevron aria-hidden className="size-4" />
        </button>
      </Cell>
      <Cell className="whitespace-nowrap">
        <WindowLink openWindow={openWindow} windowStart={row.windowStart}>
          <time dateTime={row.windowStart}>{window}</time>
        </WindowLink>
      </Cell>
      <Cell>
        <VerdictWord verdict={row.verdict} />
        {row.rollbackRequired && row.rollbackTo ? (
          <span className="block text-xs text-ink-2">
            {t('verdicts.rollbackRequired', { to: row.rollbackTo })}
          </span>
        ) : null}
      </Cell>
      <Cell className="hidden sm:table-cell">{row.phase}</Cell>
      <Cell className="hidden text-ink-2 md:table-cell">
        {deciding.length === 0
          ? t('verdicts.all')
          : deciding
              .map((metric) =>
                [
                  labels[metric.metric]?.[locale] ?? metric.metric,
                  metric.value === null
                    ? t(`reason.${metric.reason}`)
                    : formatAgainst(metric.value, metric.limit, metric.unit, locale),
                ].join(' '),
              )
              .join(' · ')}
      </Cell>
      <Cell className="hidden sm:table-cell">
        {row.revision > 1 ? (
          <span title={t('verdicts.revisedHint')}>{t('verdicts.revisionN', { n: row.revision })}</span>
        ) : (
          <span className="text-ink-3">{t('verdicts.revisionN', { n: row.revision })}</span>
        )}
      </Cell>
    </Row>
  );
}
