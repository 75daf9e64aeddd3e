'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Fragment, useState } from 'react';
import { Instant, useReader } from '#components/clock/clock.tsx';
import { useLimitText } from '#components/rollout/headline.tsx';
import { LoadFailed } from '#components/state/load-failed.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { EmptyState, Skeleton } from '#components/ui/notice.tsx';
import { Cell, HeaderCell, Row, Table, TableHead } from '#components/ui/table.tsx';
import { VerdictWord } from '#components/ui/verdict-badge.tsx';
import type { Text, VerdictRow } from '#lib/dashboard/index.ts';
import { formatAgainst, formatWindow, zoneName } from '#lib/i18n/index.ts';
import { verdictsQuery } from '#lib/queries/index.ts';

type Labels = Readonly<Record<string, Text>>;
const SHORT_HASH = 12;
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
                        <VerdictDetails row={row} labels={labels} />
                      </td>
                    </tr>
                  ) : null}
                </Fragment>
              ))}
            </tbody>
          </Table>
          {hasNextPage || known.length > wanted ? (
            <div className="border-t border-line p-3 text-center">
              <Button size="sm" disabled={isFetchingNextPage} onClick={showMore}>
                {isFetchingNextPage ? t('app.loading') : t('app.more')}
              </Button>
            </div>
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
        <time dateTime={row.windowStart}>{window}</time>
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

function VerdictDetails({ row, labels }: { row: VerdictRow; labels: Labels }) {
  const t = useTranslations();
  const { locale } = useReader();
  const limitText = useLimitText();
  const number = new Intl.NumberFormat(locale);
  return (
    <div className="px-3 py-3 sm:pl-14">
      <ul className="grid gap-px overflow-hidden rounded-md border border-line bg-line">
        {row.metrics.map((metric) => (
          <li
            key={metric.metric}
            className="grid gap-x-4 gap-y-0.5 bg-surface px-3 py-2 sm:grid-cols-[minmax(0,2fr)_7rem_minmax(0,2fr)_7rem] sm:items-baseline"
          >
            <span className="font-medium">
              {labels[metric.metric]?.[locale] ?? metric.metric}
              {metric.shadow ? (
                <Badge className="ml-2 h-5 text-xs">
                  <span title={t('verdicts.shadowHint')}>{t('verdicts.shadow')}</span>
                </Badge>
              ) : null}
            </span>
            {metric.limit === null ? (
              <span className="text-ink-2">{t('app.none')}</span>
            ) : (
              <VerdictWord verdict={metric.verdict} />
            )}
            <span>
              <span className="font-semibold">
                {metric.value === null
                  ? t('app.none')
                  : formatAgainst(metric.value, metric.limit, metric.unit, locale)}
              </span>{' '}
              <span className="text-ink-2">
                {limitText({ limit: metric.limit, limitKind: metric.limit_kind, unit: metric.unit })}
              </span>
            </span>
            <span className="text-ink-2">n = {number.format(metric.samples)}</span>
            {metric.limit === null && metric.value !== null ? null : (
              <span className="text-[13px] text-ink-2 sm:col-span-4">{t(`reason.${metric.reason}`)}</span>
            )}
          </li>
        ))}
      </ul>
      <p className="mt-2 flex flex-wrap gap-x-4 text-xs text-ink-2">
        <span>{t.rich('verdicts.judgedAt', { at: () => <Instant at={row.createdAt} /> })}</span>
        <span>{t('verdicts.revisionN', { n: row.revision })}</span>
        {row.revision > 1 ? <span>{t('verdicts.revisedHint')}</span> : null}
        <span className="font-mono">
          {t('verdicts.policy', { hash: row.policyHash.slice(0, SHORT_HASH) })}
        </span>
      </p>
    </div>
  );
}
