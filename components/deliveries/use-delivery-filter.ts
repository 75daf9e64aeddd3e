'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import type { DeliveryFilter } from '#lib/dashboard/index.ts';
import { deliveryFilterOf, type FilterName } from './delivery-filter.ts';

/** The filter in the address, so that it can be sent to others. */
export function useDeliveryFilter(): {
  filter: DeliveryFilter;
  choose: (name: FilterName, value: string) => void;
  clear: () => void;
} {
  const pathname = usePathname();
  const search = useSearchParams();
  return {
    filter: deliveryFilterOf((name) => search.get(name)),
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
