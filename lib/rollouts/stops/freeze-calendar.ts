import { Temporal } from 'temporal-polyfill';
import type { Freeze, Policy } from '#lib/policy/index.ts';

/** A freeze that is in force: promotions are held in [from, to). */
export type FreezeInForce = { id: string; from: Date; to: Date };

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/**
 * The freeze of the policy's calendar that holds this rollout now, the one that ends last where several do; null: none.
 * Local times are of the freeze's own time zone or the policy's; where a clock change leaves one out or has it twice, the
 * zone's usual rule holds (later when skipped, first when repeated). Pure.
 */
export function freezeInForce(policy: Policy, rolloutId: string, now: Date): FreezeInForce | null {
  const inForce = policy.freezes.flatMap((freeze) => {
    if (freeze.rollouts && !freeze.rollouts.includes(rolloutId)) return [];
    const span = spanAround(freeze.period, freeze.timezone ?? policy.timezone, now);
    return span && span.from <= now && now < span.to ? [{ id: freeze.id, ...span }] : [];
  });
  return inForce.sort((a, b) => b.to.getTime() - a.to.getTime())[0] ?? null;
}

function spanAround(period: Freeze['period'], zone: string, now: Date): { from: Date; to: Date } {
  if ('from' in period) return { from: instantOf(period.from, zone), to: instantOf(period.to, zone) };
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate();
  const start = weekTime(period.weekly.from);
  const end = weekTime(period.weekly.to);
  const at = ({ time }: { time: string }, date: Temporal.PlainDate) =>
    instantOf(`${date.toString()}T${time}`, zone);
  // The newest beginning that is not after now; a week is long enough for every weekly span.
  const back = (today.dayOfWeek - 1 - start.day + 7) % 7;
  let startDate = today.subtract({ days: back });
  if (at(start, startDate) > now) startDate = startDate.subtract({ days: 7 });
  const sameDayLater = start.day === end.day && end.time > start.time;
  const days = sameDayLater ? 0 : (end.day - start.day + 7) % 7 || 7;
  return { from: at(start, startDate), to: at(end, startDate.add({ days })) };
}

function weekTime(text: string): { day: number; time: string } {
  const [day = '', time = ''] = text.split(' ');
  return { day: DAYS.findIndex((known) => known === day), time };
}

function instantOf(local: string, zone: string): Date {
  return new Date(Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds);
}
