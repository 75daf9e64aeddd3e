'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useReader } from '#components/clock/clock.tsx';
import { useRolesText } from '#components/press/roles-hint.tsx';
import { LoadFailed } from '#components/state/load-failed.tsx';
import { Card } from '#components/ui/card.tsx';
import { cx } from '#components/ui/cx.ts';
import { MoreButton } from '#components/ui/more-button.tsx';
import { EmptyState, Skeleton } from '#components/ui/notice.tsx';
import { HeaderCell, Table } from '#components/ui/table.tsx';
import type { DeliveryRow } from '#lib/dashboard/index.ts';
import { zoneName } from '#lib/i18n/index.ts';
import { deliveriesQuery } from '#lib/queries/index.ts';
import { ChannelHealthList } from './channel-health.tsx';
import { DeliveryFilters } from './delivery-filters.tsx';
import { DeliveryRowView } from './delivery-row.tsx';
import { SendAgainDialog } from './send-again-dialog.tsx';
import { useDeliveryFilter } from './use-delivery-filter.ts';

/** What was sent to whom, how often it was tried and what came of it (REP-3). */
export function DeliveriesScreen() {
  const t = useTranslations();
  const { zone } = useReader();
  const rolesText = useRolesText();
  const { filter, choose, clear } = useDeliveryFilter();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, isPlaceholderData } =
    useInfiniteQuery(deliveriesQuery(filter));
  const [openId, setOpenId] = useState<string | null>(null);
  const [again, setAgain] = useState<DeliveryRow | null>(null);
  const rows = data?.pages.flatMap((page) => page.rows) ?? [];
  const first = data?.pages[0];
  const narrowed = Object.keys(filter).length > 0;
  const about = first?.incidents.find(({ id }) => id === filter.incident);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <div>
        <h1 className="text-xl font-semibold">{t('delivery.title')}</h1>
        <p className="mt-1 max-w-prose text-sm text-ink-2">
          {t('delivery.lead')}{' '}
          <Link href="/templates" className="font-medium text-accent underline underline-offset-2">
            {t('delivery.toTemplates')}
          </Link>
        </p>
      </div>
      {error ? <LoadFailed error={error} retry={refetch} stale={first?.now} /> : null}
      {first ? <ChannelHealthList channels={first.channels} /> : null}
      {first ? <DeliveryFilters filter={filter} list={first} choose={choose} clear={clear} /> : null}
      {about ? (
        <p className="text-sm">
          <Link
            href={`/incidents/${about.id}`}
            className="inline-flex min-h-6 items-center font-medium text-accent underline underline-offset-2"
          >
            {t('delivery.toIncident', { key: about.key })}
          </Link>
        </p>
      ) : null}
      {first && !first.sendAgain.allowed ? (
        <p className="text-[13px] text-ink-2">
          {t('delivery.again')}: {rolesText(first.sendAgain)}
        </p>
      ) : null}
      <Card className={cx('overflow-hidden', isPlaceholderData && 'opacity-60')}>
        {first === undefined ? (
          error ? null : (
            <Skeleton className="m-4 h-72" />
          )
        ) : rows.length === 0 ? (
          narrowed ? (
            <EmptyState title={t('delivery.noneLeft')} />
          ) : (
            <EmptyState title={t('delivery.none')}>{t('delivery.noneText')}</EmptyState>
          )
        ) : (
          <>
            <Table caption={t('delivery.caption')} className="max-md:block">
              <thead className="border-b border-line text-left text-[13px] text-ink-2 max-md:sr-only">
                <tr>
                  <HeaderCell className="w-10">
                    <span className="sr-only">{t('delivery.attempts')}</span>
                  </HeaderCell>
                  <HeaderCell>
                    {t('delivery.when')} ({zoneName(zone)})
                  </HeaderCell>
                  <HeaderCell>{t('delivery.message')}</HeaderCell>
                  <HeaderCell>{t('delivery.channel')}</HeaderCell>
                  <HeaderCell>{t('delivery.state')}</HeaderCell>
                  <HeaderCell>
                    <span className="sr-only">{t('delivery.actions')}</span>
                  </HeaderCell>
                </tr>
              </thead>
              <tbody className="max-md:block">
                {rows.map((row) => (
                  <DeliveryRowView
                    key={row.id}
                    row={row}
                    open={openId === row.id}
                    toggle={() => setOpenId(openId === row.id ? null : row.id)}
                    again={first.sendAgain.allowed ? () => setAgain(row) : null}
                  />
                ))}
              </tbody>
            </Table>
            {hasNextPage ? (
              <MoreButton loading={isFetchingNextPage} onClick={() => void fetchNextPage()} />
            ) : null}
          </>
        )}
      </Card>
      {again && first ? (
        <SendAgainDialog key={again.id} row={again} right={first.sendAgain} onClose={() => setAgain(null)} />
      ) : null}
    </div>
  );
}
