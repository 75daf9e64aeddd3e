import type { Locale, Zone } from './locale.ts';

const TAGS = { ja: 'ja-JP', en: 'en-GB' } as const satisfies Record<Locale, string>;

const STYLES = {
  time: { hour: '2-digit', minute: '2-digit' },
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  dayTime: { month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' },
  day: { month: 'numeric', day: 'numeric' },
  minute: { year: 'numeric', month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' },
  full: {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;
export type TimeStyle = keyof typeof STYLES;

/** The short name people use for a zone. */
export function zoneName(zone: Zone): 'JST' | 'UTC' {
  return zone === 'UTC' ? 'UTC' : 'JST';
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** An instant in the reader's zone, 24-hour clock, without the zone's name. Throws: RangeError on an invalid date. */
export function formatInstant(
  at: Date | string | number,
  style: TimeStyle,
  locale: Locale,
  zone: Zone,
): string {
  const key = `${locale} ${zone} ${style}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(TAGS[locale], {
      ...STYLES[style],
      ...(locale === 'en' && style !== 'full' && style !== 'time' && style !== 'clock'
        ? { month: 'short' }
        : {}),
      hourCycle: 'h23',
      timeZone: zone,
    });
    formatters.set(key, formatter);
  }
  return formatter.format(new Date(at));
}

/** A calendar month such as `2026-10`: `2026年10月`, `October 2026`. Throws: RangeError on something else. */
export function formatMonth(month: string, locale: Locale): string {
  const format = new Intl.DateTimeFormat(TAGS[locale], { year: 'numeric', month: 'long', timeZone: 'UTC' });
  return format.format(new Date(`${month}-01T00:00:00Z`));
}

/** A calendar day such as `2026-10-03`: `10/3`, `3 Oct`. Throws: RangeError on something else. */
export function formatDay(day: string, locale: Locale): string {
  return formatInstant(`${day}T00:00:00Z`, 'day', locale, 'UTC');
}

/** A half-open window: `11/21 14:00–14:15`; the day of the end is named when it differs. */
export function formatWindow(start: string, end: string, locale: Locale, zone: Zone): string {
  const sameDay = formatInstant(start, 'day', locale, zone) === formatInstant(end, 'day', locale, zone);
  return `${formatInstant(start, 'dayTime', locale, zone)}–${formatInstant(end, sameDay ? 'time' : 'dayTime', locale, zone)}`;
}

const SPAN_UNITS = [
  { seconds: 86_400, from: 172_800, ja: ' 日', en: ' d' },
  { seconds: 3600, from: 3600, ja: ' 時間', en: ' h' },
  { seconds: 60, from: 60, ja: ' 分', en: ' min' },
  { seconds: 1, from: 1, ja: ' 秒', en: ' s' },
] as const;

/** A length of time in its two largest units: `24 時間`, `2 h 15 min`, `3 d`; days from two on. Units: seconds in, rounded down. */
export function formatSpan(seconds: number, locale: Locale): string {
  let rest = Math.max(0, Math.floor(seconds));
  const parts: string[] = [];
  for (const unit of SPAN_UNITS) {
    const amount = parts.length > 0 || rest >= unit.from ? Math.floor(rest / unit.seconds) : 0;
    if (amount > 0) parts.push(`${amount}${unit[locale]}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
    rest -= amount * unit.seconds;
  }
  return parts.length > 0 ? parts.join(' ') : `0${SPAN_UNITS[3][locale]}`;
}

/** How long ago, in one unit, rounded down: `3 分前`, `2 hr ago`. A future instant counts as now. */
export function formatAge(at: Date | string | number, now: Date | number, locale: Locale): string {
  const seconds = Math.max(0, Math.floor((Number(now) - new Date(at).getTime()) / 1000));
  const format = new Intl.RelativeTimeFormat(TAGS[locale], { numeric: 'always', style: 'short' });
  if (seconds < 60) return format.format(-seconds, 'second');
  if (seconds < 3600) return format.format(-Math.floor(seconds / 60), 'minute');
  if (seconds < 172_800) return format.format(-Math.floor(seconds / 3600), 'hour');
  return format.format(-Math.floor(seconds / 86_400), 'day');
}
