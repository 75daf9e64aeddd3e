import type { AuditFilter } from '#lib/evidence/audit-list.schema.ts';
import type { Zone } from '#lib/i18n/index.ts';

export const FILTER_NAMES = ['subject', 'action', 'actor', 'text', 'from', 'to'] as const;
export type FilterName = (typeof FILTER_NAMES)[number];

/** What the address or the form says; days as `2026-11-21`. */
export type ChosenFilter = Partial<Record<FilterName, string>>;

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;
// Neither zone has ever changed its clocks in the time of this trail.
const OFFSETS = { 'Asia/Tokyo': '+09:00', UTC: 'Z' } as const satisfies Record<Zone, string>;

/** What was written into a form or an address, without what is empty or makes no sense. Pure. */
export function chosenOf(read: (name: FilterName) => string | null): ChosenFilter {
  return Object.fromEntries(
    FILTER_NAMES.flatMap((name) => {
      const value = (read(name) ?? '').trim().slice(0, 200);
      const isDay = name === 'from' || name === 'to';
      return value === '' || (isDay && dayStart(value, 'UTC') === null) ? [] : [[name, value]];
    }),
  );
}

/** The filter for the API: days become instants of the reader's zone, the last day whole. Pure. */
export function apiFilterOf({ from, to, ...rest }: ChosenFilter, zone: Zone): AuditFilter {
  const begin = from === undefined ? null : dayStart(from, zone);
  const lastDay = to === undefined ? null : dayStart(to, zone);
  return {
    ...rest,
    ...(begin === null ? {} : { from: begin.toISOString() }),
    ...(lastDay === null ? {} : { to: new Date(lastDay.getTime() + DAY_MS).toISOString() }),
  };
}

function dayStart(day: string, zone: Zone): Date | null {
  if (!DAY.test(day)) return null;
  const at = new Date(`${day}T00:00:00${OFFSETS[zone]}`);
  return Number.isNaN(at.getTime()) ? null : at;
}
