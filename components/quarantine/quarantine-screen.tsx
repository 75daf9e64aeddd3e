'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { usePathname, useSearchParams } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Instant, useReader } from '#components/clock/clock.tsx';
import { LoadFailed } from '#components/state/load-failed.tsx';
import { Badge, type Tone } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { cx } from '#components/ui/cx.ts';
import { Field, SelectInput } from '#components/ui/field.tsx';
import { MoreButton } from '#components/ui/more-button.tsx';
import { EmptyState, Skeleton } from '#components/ui/notice.tsx';
import { Segmented } from '#components/ui/segmented.tsx';
import { Cell, HeaderCell, Row, Table } from '#components/ui/table.tsx';
import {
  QUARANTINE_STATES,
  type Quarantined,
  type QuarantineState,
} from '#lib/collector/quarantine.schema.ts';
import { zoneName } from '#lib/i18n/index.ts';
import { quarantineQuery } from '#lib/queries/index.ts';
import { QUARANTINE_REASONS } from '#lib/telemetry/window-series.schema.ts';
import { type QuarantineFilter, quarantineFilterOf } from './quarantine-filter.ts';
import { DiscardDialog, ReplayDialog } from './resolve-dialogs.tsx';

const STATE_TONES = { open: 'warn', replayed: 'pass', discarded: 'neutral' } as const satisfies Record<
  QuarantineState,
  Tone
>;

/** The lines that could not be counted, why, and what to do about them (TEL-10). */
export function QuarantineScreen({
  mayResolve,
  resolverRoles,
}: {
  mayResolve: boolean;
  resolverRoles: readonly string[];
}) {
  const t = useTranslations();
  const { zone } = useReader();
  const { state, reason, choose } = useQuarantineFilter();
  const [fixing, setFixing] = useState<Quarantined | null>(null);
  const [discarding, setDiscarding] = useState<Quarantined | null>(null);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, isPlaceholderData } =
    useInfiniteQuery(quarantineQuery(state, reason));
  const rows = data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <>
      <h1 className="text-xl font-semibold">{t('quarantine.title')}</h1>
      <p className="mt-1 max-w-prose text-sm text-ink-2">{t('quarantine.lead')}</p>
      <div className="mt-4 flex flex-wrap items-end justify-between gap-3">
        <Segmented
          label={t('quarantine.filter')}
          value={state}
          options={[
            ...QUARANTINE_STATES.map((value) => ({ value, label: t(`quarantine.state_${value}`) })),
            { value: 'all' as const, label: t('quarantine.all') },
          ]}
          onChange={(value) => choose('state', value)}
        />
        <Field label={t('quarantine.reason')} className="max-sm:w-full sm:w-72">
          {(control) => (
            <SelectInput
              {...control}
              value={reason}
              onChange={(event) => choose('reason', event.target.value)}
            >
              <option value="">{t('quarantine.anyReason')}</option>
              {QUARANTINE_REASONS.map((value) => (
                <option key={value} value={value}>
                  {t(`quarantineReason.${value}`)}
                </option>
              ))}
            </SelectInput>
          )}
        </Field>
        {mayResolve ? null : (
          <p className="text-[13px] text-ink-2">
            {t('quarantine.noPermission', { roles: resolverRoles.join(' · ') })}
          </p>
        )}
      </div>
      {error ? (
        <LoadFailed error={error} retry={refetch} title={t('quarantine.failed')} className="mt-4" />
      ) : null}
      <Card className={cx('mt-4 overflow-hidden', isPlaceholderData && 'opacity-60')}>
        {data === undefined ? (
          error ? null : (
            <Skeleton className="m-4 h-64" />
          )
        ) : rows.length === 0 ? (
          reason !== '' ? (
            <EmptyState title={t('quarantine.noneOfReason')} />
          ) : state === 'open' ? (
            <EmptyState title={t('quarantine.emptyOpen')}>{t('quarantine.emptyOpenText')}</EmptyState>
          ) : (
            <EmptyState title={t('quarantine.empty')} />
          )
        ) : (
          <>
            <Table caption={t('quarantine.caption')} className="max-md:block">
              <thead className="border-b border-line text-left text-[13px] text-ink-2 max-md:sr-only">
                <tr>
                  <HeaderCell>{t('quarantine.source')}</HeaderCell>
                  <HeaderCell>{t('quarantine.reason')}</HeaderCell>
                  <HeaderCell>{t('quarantine.raw')}</HeaderCell>
                  <HeaderCell>
                    {t('quarantine.when')} ({zoneName(zone)})
                  </HeaderCell>
                  <HeaderCell>{t('quarantine.state')}</HeaderCell>
                  <HeaderCell>
                    <span className="sr-only">{t('quarantine.actions')}</span>
                  </HeaderCell>
                </tr>
              </thead>
              <tbody className="max-md:block">
                {rows.map((row) => (
                  <QuarantineRowView
                    key={row.id}
                    row={row}
                    mayResolve={mayResolve}
                    fix={() => setFixing(row)}
                    discard={() => setDiscarding(row)}
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
      {fixing ? <ReplayDialog key={fixing.id} row={fixing} close={() => setFixing(null)} /> : null}
      {discarding ? (
        <DiscardDialog key={discarding.id} row={discarding} close={() => setDiscarding(null)} />
      ) : null}
    </>
  );
}

/** What is shown, in the address, so that it can be sent to others. */
function useQuarantineFilter() {
  const pathname = usePathname();
  const search = useSearchParams();
  return {
    ...quarantineFilterOf((name) => search.get(name)),
    choose: (name: keyof QuarantineFilter, value: string) => {
      // As the address is now: a choice just made may not have been rendered yet.
      const next = new URLSearchParams(window.location.search);
      if (value === '' || (name === 'state' && value === 'open')) next.delete(name);
      else next.set(name, value);
      window.history.replaceState(null, '', next.size > 0 ? `${pathname}?${next}` : pathname);
    },
  };
}

const STACKED = 'max-md:block max-md:h-auto max-md:px-4 max-md:py-1';

function QuarantineRowView({
  row,
  mayResolve,
  fix,
  discard,
}: {
  row: Quarantined;
  mayResolve: boolean;
  fix: () => void;
  discard: () => void;
}) {
  const t = useTranslations();
  const place = { source: row.sourceName, line: String(row.lineNumber) };
  return (
    <Row className="align-top max-md:block max-md:py-3">
      <Cell className={cx(STACKED, 'min-w-56 align-top')}>
        <span className="block font-mono text-[13px] break-all">{row.sourceName}</span>
        <span className="text-[13px] text-ink-2">
          {t('quarantine.line')} {row.lineNumber}
        </span>
      </Cell>
      <Cell className={cx(STACKED, 'min-w-60 align-top')}>
        <span className="font-medium">{t(`quarantineReason.${row.reason}`)}</span>
        {row.field ? <span className="ml-2 font-mono text-[13px]">{row.field}</span> : null}
        <span lang="en" className="block text-[13px] break-words text-ink-2">
          {row.message}
        </span>
      </Cell>
      <Cell className={cx(STACKED, 'w-full max-w-0 align-top max-md:max-w-none')}>
        <code className="line-clamp-2 font-mono text-xs leading-relaxed break-all" title={row.raw}>
          {row.raw}
        </code>
        {row.rawTruncated ? (
          <span className="block text-xs text-ink-2">{t('quarantine.truncated')}</span>
        ) : null}
      </Cell>
      <Cell className={cx(STACKED, 'align-top text-[13px]')}>
        <Instant at={row.createdAt} named="stacked" />
      </Cell>
      <Cell className={cx(STACKED, 'align-top')}>
        <Badge tone={STATE_TONES[row.state]}>{t(`quarantine.state_${row.state}`)}</Badge>
        {row.resolvedBy && row.resolvedAt ? (
          <span className="mt-0.5 block text-xs text-ink-2">
            {row.resolvedBy} <Instant at={row.resolvedAt} named="stacked" />
          </span>
        ) : null}
      </Cell>
      <Cell className={cx(STACKED, 'align-top')}>
        {row.state === 'open' && mayResolve ? (
          <span className="flex justify-end gap-2 max-md:justify-start max-md:pt-1">
            <Button size="sm" aria-label={t('quarantine.fixLine', place)} onClick={fix}>
              {t('quarantine.fix')}
            </Button>
            <Button size="sm" tone="quiet" aria-label={t('quarantine.discardLine', place)} onClick={discard}>
              {t('quarantine.discard')}
            </Button>
          </span>
        ) : null}
      </Cell>
    </Row>
  );
}
