'use client';

import { useQuery } from '@tanstack/react-query';
import { CalendarOff, OctagonPause } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Age, Instant, useReader } from '#components/clock/clock.tsx';
import { cx } from '#components/ui/cx.ts';
import type { Attention } from '#lib/dashboard/index.ts';
import { attentionQuery } from '#lib/queries/index.ts';
import type { Stop } from '#lib/rollouts/index.ts';
import { STOP_LOOKS } from './stop-looks.tsx';
import { useScopeText } from './use-scope-text.ts';
import { useStopReason } from './use-stop-reason.ts';

/** On every page while something is stopped or frozen: what, by whom, and where it ends. Nothing when all is in motion. */
export function StopBanner() {
  const t = useTranslations('stops');
  const { locale } = useReader();
  const { data } = useQuery(attentionQuery());
  if (!data) return null;
  const { stops, freezes, outside } = data;
  if (stops.length === 0 && freezes.length === 0 && outside === null) return null;
  const kills = stops.filter(({ kind }) => kind === 'kill');
  const others = stops.filter(({ kind }) => kind !== 'kill');
  return (
    <section aria-label={t('banner')} className="text-sm">
      {outside ? (
        <Line
          icon={<OctagonPause aria-hidden className="size-5 text-bad" />}
          className={STOP_LOOKS.kill.ground}
        >
          <span role="status" className="font-semibold">
            {t('outsideTitle')}
          </span>{' '}
          <span>{outside.reason}</span>
        </Line>
      ) : null}
      {[...kills, ...others].map((stop) => (
        <StopLine key={stop.id} stop={stop} attention={data} />
      ))}
      {freezes.map((freeze) => (
        <Line
          key={freeze.id}
          icon={<CalendarOff aria-hidden className="size-5 text-ink-2" />}
          className="border-line bg-sunken"
        >
          <span role="status" className="font-semibold">
            {t('plannedTitle', {
              name: freeze.label[locale],
              scope: freeze.everything
                ? t('everything')
                : freeze.rollouts.map((rollout) => rollout[locale]).join(' · '),
            })}
          </span>{' '}
          <span className="text-ink-2">
            {t.rich('plannedUntil', { at: () => <Instant at={freeze.to} /> })}
          </span>
        </Line>
      ))}
    </section>
  );
}

function StopLine({ stop, attention }: { stop: Stop; attention: Attention }) {
  const t = useTranslations('stops');
  const scopeText = useScopeText(attention.rollouts);
  const reasonOf = useStopReason();
  const { icon: Icon, ground, ink } = STOP_LOOKS[stop.kind];
  return (
    <Line
      icon={<Icon aria-hidden className={cx('size-5', ink)} />}
      className={ground}
      aside={
        <Link
          href={`/stops#stop-${stop.id}`}
          className="inline-flex min-h-8 items-center font-medium whitespace-nowrap underline underline-offset-2"
        >
          {stop.kind === 'kill'
            ? t('toRearm', { given: stop.releases.length, needed: stop.releasesNeeded })
            : t('toDetails')}
        </Link>
      }
    >
      <span role="status" className="font-semibold">
        {t(`inForce_${stop.kind}`, { scope: scopeText(stop.scope) })}
      </span>{' '}
      <span className="line-clamp-2 text-ink-2 sm:line-clamp-1 sm:inline">
        {reasonOf(stop)} ·{' '}
        <span className="whitespace-nowrap">
          {t.rich('byAge', { name: stop.personName, age: () => <Age at={stop.orderedAt} /> })}
        </span>
      </span>
    </Line>
  );
}

function Line({
  icon,
  className,
  aside,
  children,
}: {
  icon: React.ReactNode;
  className: string;
  aside?: React.ReactNode;
  children: React.ReactNode;
}) {
  return (
    <div className={cx('border-t', className)}>
      <div className="mx-auto flex max-w-7xl items-start gap-2.5 px-4 py-2 sm:items-center sm:px-6">
        <span className="mt-0.5 shrink-0 sm:mt-0">{icon}</span>
        <p className="min-w-0 flex-1">{children}</p>
        {aside}
      </div>
    </div>
  );
}
