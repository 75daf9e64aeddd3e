import { Temporal } from 'temporal-polyfill';
import { isBusinessDay } from '#lib/calendar/index.ts';

/**
 * Which reminder of an RCA is to be sent now, by its name (ROL-6); null: none. On the day it is due from `at` on, when it is
 * overdue, and then once on each Japanese business day from `at` on, until it is shared. Each name is told once. Pure.
 */
export function rcaReminder(
  rca: { dueAt: Date; sharedAt: Date | null },
  rule: { zone: string; at: string },
  now: Date,
): string | null {
  if (rca.sharedAt !== null) return null;
  const local = (at: Date) =>
    Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(rule.zone);
  const today = local(now).toPlainDate();
  const dueDay = local(rca.dueAt).toPlainDate();
  const isDueDay = today.equals(dueDay);
  if (isDueDay && now >= rca.dueAt) return `overdue:${today.toString()}`;
  const atWork = Temporal.PlainTime.compare(local(now).toPlainTime(), Temporal.PlainTime.from(rule.at)) >= 0;
  if (!atWork || !isBusinessDay(today.toString())) return null;
  if (isDueDay) return `due:${today.toString()}`;
  return now >= rca.dueAt ? `overdue:${today.toString()}` : null;
}
