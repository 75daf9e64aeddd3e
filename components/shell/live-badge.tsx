'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Age } from '#components/clock/clock.tsx';
import { cx } from '#components/ui/cx.ts';
import { overviewQuery } from '#lib/queries/index.ts';
import { type LiveState, useLiveState } from './live.tsx';

const DOTS = {
  live: 'bg-pass-line',
  connecting: 'border-2 border-none-line',
  reconnecting: 'border-2 border-warn-line',
  offline: 'bg-none-line rounded-none',
} as const satisfies Record<LiveState, string>;

/** Whether the page follows by itself, and how old the newest event is. */
export function LiveBadge() {
  const t = useTranslations('live');
  const state = useLiveState();
  const { data } = useQuery(overviewQuery());
  const lastDataAt = data?.sight.lastDataAt ?? null;
  return (
    <span
      className="inline-flex items-center gap-2 text-[13px] whitespace-nowrap text-ink-2"
      data-live={state}
    >
      <span aria-hidden className={cx('size-2.5 shrink-0 rounded-full', DOTS[state])} />
      <span className="font-medium text-ink">{t(state)}</span>
      {data ? (
        <span className="hidden min-[420px]:inline">
          {lastDataAt === null ? t('noData') : t.rich('lastData', { age: () => <Age at={lastDataAt} /> })}
        </span>
      ) : null}
    </span>
  );
}
