import { Temporal } from 'temporal-polyfill';

/** A calendar day in the policy's zone, and its half-open span in UTC. */
export type Day = { day: string; from: Date; to: Date };

/** How far back days that were missed are made up for. */
const LOOK_BACK_DAYS = 7;

/** A day of a zone. Pure. Errors: RangeError for what is no day. */
export function dayIn(zone: string, day: string): Day {
  const date = Temporal.PlainDate.from(day);
  const start = (at: Temporal.PlainDate) => new Date(at.toZonedDateTime(zone).epochMilliseconds);
  return { day: date.toString(), from: start(date), to: start(date.add({ days: 1 })) };
}

/** The last days that are over at `now`, oldest first. Pure. */
export function pastDays(zone: string, now: Date): Day[] {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate();
  return Array.from({ length: LOOK_BACK_DAYS }, (_, index) =>
    dayIn(zone, today.subtract({ days: LOOK_BACK_DAYS - index }).toString()),
  );
}

export const dailyPath = (day: string): string => `reports/daily/${day}.md`;
