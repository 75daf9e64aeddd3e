'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { useReader } from '#components/clock/clock.tsx';
import type { AuditFilter } from '#lib/evidence/audit-list.schema.ts';
import { apiFilterOf, type ChosenFilter, chosenOf, type FilterName } from './audit-filter.ts';

/** The filter in the address, so that it can be sent to others, and as the API takes it. */
export function useAuditFilter(): {
  chosen: ChosenFilter;
  filter: AuditFilter;
  choose: (read: (name: FilterName) => string | null) => void;
  clear: () => void;
} {
  const pathname = usePathname();
  const search = useSearchParams();
  const { zone } = useReader();
  const chosen = chosenOf((name) => search.get(name));
  return {
    chosen,
    filter: apiFilterOf(chosen, zone),
    choose: (read) => {
      const next = new URLSearchParams(Object.entries(chosenOf(read)));
      window.history.replaceState(null, '', next.size > 0 ? `${pathname}?${next}` : pathname);
    },
    clear: () => window.history.replaceState(null, '', pathname),
  };
}
