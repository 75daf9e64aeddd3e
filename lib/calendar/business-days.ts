import holidays from '@holiday-jp/holiday_jp';
import { Temporal } from 'temporal-polyfill';

const SATURDAY = 6;

/**
 * Whether people are at work in Japan on a day (`2026-11-24`): neither a weekend nor a national holiday (as announced by
 * the Cabinet Office, substitute holidays included), nor the year-end days of offices, 29 December to 3 January. Pure.
 */
export function isBusinessDay(day: string): boolean {
  const date = Temporal.PlainDate.from(day);
  return date.dayOfWeek < SATURDAY && !holidays.isHoliday(day) && !isYearEnd(date);
}

function isYearEnd({ month, day }: Temporal.PlainDate): boolean {
  return (month === 12 && day >= 29) || (month === 1 && day <= 3);
}

/**
 * The time of day `at` on the n-th Japanese business day after `now`, in `zone`; with n = 0 the first such time that is not
 * in the past: the next canary date (ROL-4, ROL-5), the day by which an RCA is shared (ROL-6). Pure.
 */
export function businessDayAt(now: Date, rule: { zone: string; businessDays: number; at: string }): Date {
  const { zone, businessDays, at } = rule;
  const nowInstant = Temporal.Instant.fromEpochMilliseconds(now.getTime());
  const time = Temporal.PlainTime.from(at);
  const instantOn = (date: Temporal.PlainDate) =>
    date.toZonedDateTime({ timeZone: zone, plainTime: time }).toInstant();
  let date = nowInstant.toZonedDateTimeISO(zone).toPlainDate();
  const counts = (day: Temporal.PlainDate) => isBusinessDay(day.toString());
  for (let left = businessDays; left > 0; ) {
    date = date.add({ days: 1 });
    if (counts(date)) left -= 1;
  }
  while (!counts(date) || Temporal.Instant.compare(instantOn(date), nowInstant) < 0)
    date = date.add({ days: 1 });
  return new Date(instantOn(date).epochMilliseconds);
}
