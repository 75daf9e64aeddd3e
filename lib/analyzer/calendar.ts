import { Temporal } from 'temporal-polyfill';
import { calendarDay } from '#lib/telemetry/index.ts';

const DAY_SECONDS = 86_400;
const SLOT_MS = 900_000; // every zone in use is offset by whole quarters of an hour, so a slot never straddles midnight

/** Days of one time zone, as instants in epoch milliseconds. */
export type Calendar = {
  /** The midnight that begins the day of `atMs`; an instant at midnight begins its own day. */
  dayStart(atMs: number): number;
  /** The midnight `days` days after (or, negative, before) the midnight `dayStartMs`; a day may have 23 or 25 hours. */
  addDays(dayStartMs: number, days: number): number;
  /** The last evaluation time at or before `atMs` of a cadence: whole days at midnight, shorter ones counted from midnight. */
  boundary(atMs: number, everySeconds: number): number;
};

/** Calendar of an IANA time zone. Pure; remembers the days it has computed. Errors: RangeError for an unknown zone. */
export function calendarOf(timeZone: string): Calendar {
  const starts = new Map<number, number>();
  const zoned = (atMs: number) => Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone);

  function dayStart(atMs: number): number {
    const slot = Math.floor(atMs / SLOT_MS);
    const known = starts.get(slot);
    if (known !== undefined) return known;
    const start = calendarDay(new Date(slot * SLOT_MS), timeZone).start.getTime();
    starts.set(slot, start);
    return start;
  }

  function addDays(dayStartMs: number, days: number): number {
    return zoned(dayStartMs).toPlainDate().add({ days }).toZonedDateTime(timeZone).epochMilliseconds;
  }

  function boundary(atMs: number, everySeconds: number): number {
    const start = dayStart(atMs);
    if (everySeconds % DAY_SECONDS !== 0) {
      const everyMs = everySeconds * 1000;
      return start + Math.floor((atMs - start) / everyMs) * everyMs;
    }
    const everyDays = everySeconds / DAY_SECONDS;
    if (everyDays === 1) return start;
    const dayNumber = Temporal.PlainDate.from('1970-01-01').until(zoned(start).toPlainDate()).days;
    return addDays(start, -(((dayNumber % everyDays) + everyDays) % everyDays));
  }

  return { dayStart, addDays, boundary };
}
