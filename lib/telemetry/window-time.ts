import { Temporal } from 'temporal-polyfill';

/** A half-open span of time [start, end), UTC. */
export type TimeSpan = { start: Date; end: Date };

/** The start of the window that holds `at`: UTC, aligned to whole `windowSeconds` since 1970. */
export function windowStart(at: Date, windowSeconds: number): Date {
  const size = windowSeconds * 1000;
  return new Date(Math.floor(at.getTime() / size) * size);
}

/** The windows that lie wholly or partly in [from, to), oldest first. */
export function* windowsBetween(from: Date, to: Date, windowSeconds: number): Generator<TimeSpan> {
  const size = windowSeconds * 1000;
  for (let start = windowStart(from, windowSeconds).getTime(); start < to.getTime(); start += size)
    yield { start: new Date(start), end: new Date(start + size) };
}

/**
 * The calendar day of `timeZone` (IANA name) that holds `at`, as a UTC span; 23 to 25 h long where clocks change.
 * Errors: RangeError for an unknown zone.
 */
export function calendarDay(at: Date, timeZone: string): TimeSpan {
  const start = Temporal.Instant.fromEpochMilliseconds(at.getTime())
    .toZonedDateTimeISO(timeZone)
    .startOfDay();
  const end = start.add({ days: 1 }).startOfDay();
  return { start: new Date(start.epochMilliseconds), end: new Date(end.epochMilliseconds) };
}

/** The date of `at` in `timeZone` as YYYY-MM-DD. */
export function calendarDate(at: Date, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString();
}
