'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { type DeliveryFilter, DeliveryQuerySchema } from '#lib/dashboard/index.ts';

const FilterSchema = DeliveryQuerySchema.pick({
  state: true,
  channel: true,
  level: true,
  rollout: true,
  incident: true,
});
const NAMES = ['state', 'channel', 'level', 'rollout', 'incident'] as const;
export type FilterName = (typeof NAMES)[number];

/** The filter in the address, so that it can be sent to others; a value that is none narrows nothing down. */
export function useDeliveryFilter(): {
  filter: DeliveryFilter;
  choose: (name: FilterName, value: string) => void;
  clear: () => void;
} {
  const pathname = usePathname();
  const search = useSearchParams();
  const entries = NAMES.flatMap((name) => {
    const value = search.get(name);
    return value !== null && FilterSchema.shape[name].safeParse(value).success ? [[name, value]] : [];
  });
  return {
    filter: FilterSchema.parse(Object.fromEntries(entries)),
    choose: (name, value) => {
      // As the address is now: a choice just made may not have been rendered yet.
      const next = new URLSearchParams(window.location.search);
      if (value === '') next.delete(name);
      else next.set(name, value);
      window.history.replaceState(null, '', `${pathname}?${next}`);
    },
    clear: () => window.history.replaceState(null, '', pathname),
  };
}
