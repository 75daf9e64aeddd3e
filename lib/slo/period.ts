import { Temporal } from 'temporal-polyfill';
import type { SloPeriod } from './slo-report.schema.ts';

/** A half-open span [start, end) with the name it goes by: a day 2026-11-21 or a month 2026-11. */
export type NamedSpan = { name: string; start: Date; end: Date };

const dateOf = (zoned: Temporal.ZonedDateTime) => new Date(zoned.epochMilliseconds);
const zonedAt = (at: Date, zone: string) =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);

/** A calendar month of a time zone, for example 2026-10 of Asia/Tokyo. Errors: RangeError for what is no month. */
export function monthSpan(month: string, zone: string): NamedSpan {
  const first = Temporal.PlainYearMonth.from(month).toPlainDate({ day: 1 });
  const start = first.toZonedDateTime(zone);
  const end = first.add({ months: 1 }).toZonedDateTime(zone);
  return { name: month, start: dateOf(start), end: dateOf(end) };
}

/** The calendar month of a zone that holds an instant. */
export function monthOf(at: Date, zone: string): string {
  return zonedAt(at, zone).toPlainDate().toPlainYearMonth().toString();
}

/** The months from that of `from` to that of `to`, oldest first. */
export function monthsBetween(from: Date, to: Date, zone: string): NamedSpan[] {
  const last = Temporal.PlainYearMonth.from(monthOf(to, zone));
  const months: NamedSpan[] = [];
  for (
    let month = Temporal.PlainYearMonth.from(monthOf(from, zone));
    Temporal.PlainYearMonth.compare(month, last) <= 0;
    month = month.add({ months: 1 })
  )
    months.push(monthSpan(month.toString(), zone));
  return months;
}

/** The `count` months that end with `month`, oldest first. */
export function monthsUpTo(month: string, count: number, zone: string): NamedSpan[] {
  const last = Temporal.PlainYearMonth.from(month);
  return Array.from({ length: count }, (_, i) =>
    monthSpan(last.subtract({ months: count - 1 - i }).toString(), zone),
  );
}

/**
 * The days of a zone that lie wholly or partly in [from, to), oldest first, cut to it; a day may have 23 or 25 hours, and the
 * first and last one less.
 */
export function daysBetween(from: Date, to: Date, zone: string): NamedSpan[] {
  const days: NamedSpan[] = [];
  for (let start = from; start < to; ) {
    const zoned = zonedAt(start, zone);
    const midnight = dateOf(zoned.startOfDay().add({ days: 1 }).startOfDay());
    const end = midnight < to ? midnight : to;
    days.push({ name: zoned.toPlainDate().toString(), start, end });
    start = end;
  }
  return days;
}

/**
 * The period of a report: a month, or the rolling period that ends with the newest window that is judged. `closed` once the
 * month and the lateness of its last events have passed.
 */
export function periodOf(input: {
  month: string | undefined;
  /** End of the newest judged window. */
  judgedUntil: Date;
  periodSeconds: number;
  latenessSeconds: number;
  zone: string;
  now: Date;
}): SloPeriod {
  const { month, judgedUntil, periodSeconds, latenessSeconds, zone, now } = input;
  if (month === undefined) {
    const from = new Date(judgedUntil.getTime() - periodSeconds * 1000);
    return { kind: 'rolling', from: from.toISOString(), to: judgedUntil.toISOString() };
  }
  const { start, end } = monthSpan(month, zone);
  return {
    kind: 'month',
    month,
    from: start.toISOString(),
    to: end.toISOString(),
    closed: end.getTime() + latenessSeconds * 1000 <= now.getTime(),
  };
}

/**
 * Up to when counts are complete: the end of the newest judged window while Phasegate sees; later the last full window, so
 * that burn rates of a blind Phasegate are unknown instead of old.
 */
export function judgedUntil(input: {
  newestWindowEnd: Date | null;
  windowSeconds: number;
  staleAfterSeconds: number;
  now: Date;
}): Date {
  const { newestWindowEnd, windowSeconds, staleAfterSeconds, now } = input;
  const windowMs = windowSeconds * 1000;
  const lastFull = new Date(Math.floor(now.getTime() / windowMs) * windowMs);
  if (newestWindowEnd === null || newestWindowEnd > lastFull) return lastFull;
  return now.getTime() - newestWindowEnd.getTime() > staleAfterSeconds * 1000 ? lastFull : newestWindowEnd;
}
