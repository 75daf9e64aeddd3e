'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { useSyncExternalStore } from 'react';
import { type PanelRange, PanelRangeSchema } from '#lib/dashboard/index.ts';
import { parseStretch, type Stretch, stretchText } from './chart-span.ts';

export type ChartSpan = {
  /** What was chosen for every panel of the page; null: each shows its own. It ends now, and stays relative in a link. */
  range: PanelRange | null;
  /** The stretch that is looked at closely, the same on every panel. */
  stretch: Stretch | null;
  chooseRange: (range: PanelRange) => void;
  look: (stretch: Stretch | null) => void;
};

const listeners = new Set<() => void>();

/**
 * What the address asks for, drawn before the next key is heard: the router draws a change of the address when it finds
 * the time, and a second press would go from what is no longer so.
 */
function useAddress(): URLSearchParams {
  const atRouter = useSearchParams().toString();
  const text = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => new URLSearchParams(window.location.search).toString(),
    () => atRouter,
  );
  return new URLSearchParams(text);
}

/** Range and stretch of the page's charts, kept in the address, so that what is seen can be sent to others. */
export function useChartSpan(): ChartSpan {
  const pathname = usePathname();
  const search = useAddress();
  const range = PanelRangeSchema.safeParse(search.get('range'));
  const change = (edit: (next: URLSearchParams) => void) => {
    const next = new URLSearchParams(window.location.search);
    edit(next);
    const text = next.toString();
    window.history.replaceState(null, '', text === '' ? pathname : `${pathname}?${text}`);
    for (const listener of listeners) listener();
  };
  return {
    range: range.success ? range.data : null,
    stretch: parseStretch(search.get('zoom')),
    chooseRange: (chosen) =>
      change((next) => {
        next.set('range', chosen);
        next.delete('zoom');
      }),
    look: (stretch) =>
      change((next) => {
        if (stretch === null) next.delete('zoom');
        else next.set('zoom', stretchText(stretch));
      }),
  };
}
