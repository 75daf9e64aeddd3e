'use client';

import { useQuery } from '@tanstack/react-query';
import { EyeOff, FileWarning, type LucideIcon, PauseCircle, ServerOff, Timer, WifiOff } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Age, Instant, useNow } from '#components/clock/clock.tsx';
import { Button } from '#components/ui/button.tsx';
import { cx } from '#components/ui/cx.ts';
import { overviewQuery } from '#lib/queries/index.ts';
import { type LiveState, useLive } from './live.tsx';

// A stream ends every few minutes and is back within seconds: nobody needs to know.
const TOLD_AFTER_MS = 10_000;

const ICONS = {
  paused: PauseCircle,
  unread: ServerOff,
  reconnecting: WifiOff,
  offline: WifiOff,
} as const satisfies Record<Exclude<LiveState, 'live' | 'connecting'>, LucideIcon>;

/**
 * On every page, while what it shows cannot be trusted to be the present: Phasegate itself sees nothing, or this page hears
 * nothing. Neither is health, and neither is a violation (DASH-7). Nothing while all is well.
 */
export function SightStrip() {
  const t = useTranslations('live');
  const now = useNow();
  const { state, since, resume } = useLive();
  const { data } = useQuery(overviewQuery());
  const silent = since !== null && (state === 'paused' || now - since > TOLD_AFTER_MS);
  const sight = data?.sight;
  const lastVerdictAt = sight?.lastWindowEnd ?? null;
  const [first] = data?.sources.failing ?? [];
  const failing = data &&
    first && { first, count: data.sources.failing.length, known: data.sources.knownCount };
  return (
    <>
      {silent && state !== 'live' && state !== 'connecting' ? (
        <Strip
          tone={state === 'paused' ? 'plain' : 'warn'}
          icon={ICONS[state]}
          title={t(`${state}Title`)}
          aside={
            state === 'paused' ? (
              <Button size="sm" onClick={resume}>
                {t('resume')}
              </Button>
            ) : null
          }
        >
          {t.rich('asOf', {
            at: () => <Instant at={new Date(since).toISOString()} />,
            age: () => <Age at={new Date(since).toISOString()} />,
          })}
        </Strip>
      ) : null}
      {sight?.cause ? (
        <Strip
          tone={sight.state === 'blind' ? 'warn' : 'plain'}
          icon={sight.state === 'blind' ? EyeOff : Timer}
          title={t(sight.state === 'blind' ? 'blindTitle' : 'lateTitle')}
        >
          {t(`cause_${sight.cause}`)}{' '}
          {lastVerdictAt === null
            ? null
            : t.rich('lastVerdict', {
                at: () => <Instant at={lastVerdictAt} />,
                age: () => <Age at={lastVerdictAt} />,
              })}
        </Strip>
      ) : null}
      {failing ? (
        <Strip
          tone="warn"
          icon={FileWarning}
          title={t('sourcesTitle', { count: failing.count, known: failing.known })}
        >
          {t.rich('sourceSince', {
            name: () => <code className="font-mono text-[13px] break-all">{failing.first.name}</code>,
            at: () => <Instant at={failing.first.since} />,
            age: () => <Age at={failing.first.since} />,
          })}
        </Strip>
      ) : null}
    </>
  );
}

function Strip({
  tone,
  icon: Icon,
  title,
  aside,
  children,
}: {
  tone: 'warn' | 'plain';
  icon: LucideIcon;
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div
      data-sight
      className={cx(
        'border-t text-sm',
        tone === 'warn' ? 'border-warn-line/60 bg-warn-soft' : 'border-line bg-sunken',
      )}
    >
      <div className="mx-auto flex max-w-7xl items-start gap-2.5 px-4 py-2 sm:items-center sm:px-6">
        <Icon
          aria-hidden
          className={cx('mt-0.5 size-5 shrink-0 sm:mt-0', tone === 'warn' ? 'text-warn' : 'text-ink-2')}
        />
        <p className="min-w-0 flex-1">
          {/* Only this is announced: the age beside it changes every few seconds. */}
          <span role="status" className="font-semibold">
            {title}
          </span>{' '}
          <span className="text-ink-2">{children}</span>
        </p>
        {aside}
      </div>
    </div>
  );
}
