'use client';

import { useQuery } from '@tanstack/react-query';
import { Pause, Play } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Age, Instant } from '#components/clock/clock.tsx';
import { Button } from '#components/ui/button.tsx';
import { cx } from '#components/ui/cx.ts';
import { Popover } from '#components/ui/popover.tsx';
import { overviewQuery } from '#lib/queries/index.ts';
import { type LiveState, useLive } from './live.tsx';

const DOTS = {
  live: 'bg-pass-line',
  unread: 'border-2 border-warn-line rounded-none',
  connecting: 'border-2 border-none-line',
  reconnecting: 'border-2 border-warn-line',
  offline: 'bg-none-line rounded-none',
  paused: 'border-x-4 border-y-0 border-none-line rounded-none',
} as const satisfies Record<LiveState, string>;

/** Whether the page follows by itself, and how old the newest event is; with a way to hold the page still. */
export function LiveBadge() {
  const t = useTranslations('live');
  const { state, since, pause, resume } = useLive();
  const { data } = useQuery(overviewQuery());
  const lastDataAt = data?.sight.lastDataAt ?? null;
  const lastWindowEnd = data?.sight.lastWindowEnd ?? null;
  const Icon = state === 'paused' ? Play : Pause;
  return (
    <span data-live={state} className="inline-flex">
      <Popover
        title={t('status')}
        triggerClassName="inline-flex h-9 items-center gap-2 rounded-md px-1.5 text-[13px] whitespace-nowrap text-ink-2 hover:bg-sunken"
        trigger={
          <>
            <span className="sr-only">{t('status')}: </span>
            <span aria-hidden className={cx('size-2.5 shrink-0 rounded-full', DOTS[state])} />
            <span className="grid text-left leading-tight xl:flex xl:gap-2">
              <span className="font-medium text-ink">{t(state)}</span>
              {data && (state === 'live' || state === 'unread') ? (
                <span className="text-[11px] xl:text-[13px]">
                  {lastDataAt === null
                    ? t('noData')
                    : t.rich('lastData', { age: () => <Age at={lastDataAt} /> })}
                </span>
              ) : null}
            </span>
          </>
        }
      >
        <p className="mt-1 text-[13px] text-ink-2">{t(`${state}Text`)}</p>
        <dl className="mt-3 grid gap-2 text-sm">
          <Line label={t('dataLabel')} at={lastDataAt} />
          <Line label={t('verdictLabel')} at={lastWindowEnd} />
          {data ? (
            <div className="flex flex-wrap items-baseline justify-between gap-x-3">
              <dt className="text-ink-2">{t('sourcesLabel')}</dt>
              <dd className="tabular-nums">
                {t('sourcesRead', {
                  read: data.sources.knownCount - data.sources.failing.length,
                  known: data.sources.knownCount,
                })}
              </dd>
            </div>
          ) : null}
          <Line
            label={t('pageLabel')}
            at={since === null ? (data?.now ?? null) : new Date(since).toISOString()}
          />
        </dl>
        <Button size="sm" className="mt-4 w-full" onClick={state === 'paused' ? resume : pause}>
          <Icon aria-hidden className="size-4" />
          {t(state === 'paused' ? 'resume' : 'pause')}
        </Button>
      </Popover>
    </span>
  );
}

function Line({ label, at }: { label: string; at: string | null }) {
  const t = useTranslations('app');
  return (
    <div className="flex flex-wrap items-baseline justify-between gap-x-3">
      <dt className="text-ink-2">{label}</dt>
      <dd className="tabular-nums">
        {at === null ? (
          t('none')
        ) : (
          <>
            <Instant at={at} style="dayTime" />{' '}
            <span className="text-ink-2">
              (<Age at={at} />)
            </span>
          </>
        )}
      </dd>
    </div>
  );
}
