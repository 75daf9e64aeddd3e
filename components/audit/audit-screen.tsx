'use client';

import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useReader } from '#components/clock/clock.tsx';
import { LoadFailed } from '#components/state/load-failed.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { cx } from '#components/ui/cx.ts';
import { MoreButton } from '#components/ui/more-button.tsx';
import { EmptyState, Skeleton } from '#components/ui/notice.tsx';
import { HeaderCell, Table } from '#components/ui/table.tsx';
import type { AuditView } from '#lib/dashboard/index.ts';
import type { AuditFilter } from '#lib/evidence/audit-list.schema.ts';
import { zoneName } from '#lib/i18n/index.ts';
import { auditHeadQuery, auditQuery, queryKeys } from '#lib/queries/index.ts';
import { AuditRow } from './audit-entry.tsx';
import { AuditFilters } from './audit-filters.tsx';
import { ChainCheckSection } from './chain-check.tsx';
import { useAuditFilter } from './use-audit-filter.ts';

/** Who did what, when and why; whether the record is whole; and the record to take along (OPS-22). */
export function AuditScreen() {
  const t = useTranslations('audit');
  const { chosen, filter, choose, clear } = useAuditFilter();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, isPlaceholderData } =
    useInfiniteQuery(auditQuery(filter));
  const rows = data?.pages.flatMap((page) => page.rows) ?? [];
  const names = Object.assign(
    {},
    ...(data?.pages.map((page) => page.subjects) ?? []),
  ) as AuditView['subjects'];
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <div>
        <h1 className="text-xl font-semibold">{t('title')}</h1>
        <p className="mt-1 max-w-prose text-sm text-ink-2">{t('lead')}</p>
      </div>
      <AuditFilters chosen={chosen} actions={data?.pages[0]?.actions ?? []} choose={choose} clear={clear} />
      <ChainCheckSection filter={filter} />
      {error ? <LoadFailed error={error} retry={refetch} title={t('failed')} /> : null}
      {data && !isPlaceholderData ? <Newer filter={filter} shown={rows[0]?.seq ?? 0} /> : null}
      <Card className={cx('overflow-hidden', isPlaceholderData && 'opacity-60')}>
        {data === undefined ? (
          error ? null : (
            <Skeleton className="m-4 h-[28rem]" />
          )
        ) : rows.length === 0 ? (
          <Nothing narrowed={Object.keys(chosen).length > 0} />
        ) : (
          <Entries
            rows={rows}
            names={names}
            more={hasNextPage ? fetchNextPage : null}
            loading={isFetchingNextPage}
          />
        )}
      </Card>
    </div>
  );
}

function Nothing({ narrowed }: { narrowed: boolean }) {
  const t = useTranslations('audit');
  return narrowed ? (
    <EmptyState title={t('noneLeft')}>{t('noneLeftText')}</EmptyState>
  ) : (
    <EmptyState title={t('none')}>{t('noneText')}</EmptyState>
  );
}

/** Nothing moves under the reader: what is newer comes when it is asked for. */
function Newer({ filter, shown }: { filter: AuditFilter; shown: number }) {
  const t = useTranslations('audit');
  const client = useQueryClient();
  const newest = useQuery(auditHeadQuery(filter)).data ?? 0;
  return (
    <div role="status" className={newest > shown ? 'flex flex-wrap items-center gap-3 text-sm' : 'sr-only'}>
      {newest > shown ? (
        <>
          {t('newer')}
          <Button
            size="sm"
            className="max-sm:h-11"
            onClick={() => void client.resetQueries({ queryKey: queryKeys.audit(filter) })}
          >
            {t('showNewer')}
          </Button>
        </>
      ) : null}
    </div>
  );
}

function Entries({
  rows,
  names,
  more,
  loading,
}: {
  rows: AuditView['rows'];
  names: AuditView['subjects'];
  more: (() => unknown) | null;
  loading: boolean;
}) {
  const t = useTranslations();
  const { zone } = useReader();
  const [openSeq, setOpenSeq] = useState<number | null>(null);
  return (
    <>
      <Table caption={t('audit.caption')} className="max-md:block">
        <thead className="border-b border-line text-left text-[13px] text-ink-2 max-md:sr-only">
          <tr>
            <HeaderCell className="w-10">
              <span className="sr-only">{t('audit.details')}</span>
            </HeaderCell>
            <HeaderCell>
              {t('audit.when')} ({zoneName(zone)})
            </HeaderCell>
            <HeaderCell>{t('audit.who')}</HeaderCell>
            <HeaderCell>{t('audit.what')}</HeaderCell>
            <HeaderCell>{t('audit.about')}</HeaderCell>
            <HeaderCell>{t('audit.why')}</HeaderCell>
          </tr>
        </thead>
        <tbody className="max-md:block">
          {rows.map((entry) => (
            <AuditRow
              key={entry.seq}
              entry={entry}
              name={names[entry.subject]}
              open={openSeq === entry.seq}
              toggle={() => setOpenSeq(openSeq === entry.seq ? null : entry.seq)}
            />
          ))}
        </tbody>
      </Table>
      {more ? <MoreButton loading={loading} onClick={() => more()} /> : null}
    </>
  );
}
