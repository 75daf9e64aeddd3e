'use client';

import { useLocale, useTimeZone } from 'next-intl';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import {
  chooseLocale,
  chooseZone,
  formatAge,
  formatInstant,
  type Locale,
  type TimeStyle,
  type Zone,
  zoneName,
} from '#lib/i18n/index.ts';

const TICK_MS = 5_000;

const NowContext = createContext<number | null>(null);

/** The present for everything on the page; begins with the server's, so that both render the same. */
export function ClockProvider({ initialNow, children }: { initialNow: number; children: ReactNode }) {
  const [now, setNow] = useState(initialNow);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return <NowContext value={now}>{children}</NowContext>;
}

/** The present in milliseconds, renewed every few seconds. */
export function useNow(): number {
  const now = useContext(NowContext);
  if (now === null) throw new Error('useNow needs a ClockProvider around it');
  return now;
}

/** How the reader wants values and times: language and zone. */
export function useReader(): { locale: Locale; zone: Zone } {
  return { locale: chooseLocale(useLocale(), null), zone: chooseZone(useTimeZone()) };
}

/** An instant in the reader's zone; the other zone is one hover away, the machine-readable one in the markup. */
export function Instant({
  at,
  style = 'dayTime',
  named = true,
}: {
  at: string;
  style?: TimeStyle;
  /** Says the zone, too; `stacked`: only where a table has become a list and its heading, which says it, is gone. */
  named?: boolean | 'stacked';
}) {
  const { locale, zone } = useReader();
  const both = (['Asia/Tokyo', 'UTC'] as const)
    .map((each) => `${formatInstant(at, 'full', locale, each)} ${zoneName(each)}`)
    .join(' · ');
  return (
    <time dateTime={at} title={both} className="whitespace-nowrap tabular-nums">
      {formatInstant(at, style, locale, zone)}
      {named === true ? ` ${zoneName(zone)}` : null}
      {named === 'stacked' ? <span className="md:hidden"> {zoneName(zone)}</span> : null}
    </time>
  );
}

/** How long ago, kept current. */
export function Age({ at }: { at: string }) {
  const { locale } = useReader();
  return (
    <time dateTime={at} className="whitespace-nowrap">
      {formatAge(at, useNow(), locale)}
    </time>
  );
}
