'use client';

import { usePathname, useSearchParams } from 'next/navigation';
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

/** Range and stretch of the page's charts, kept in the address, so that what is seen can be sent to others. */
export function useChartSpan(): ChartSpan {
  const pathname = usePathname();
  const search = useSearchParams();
  const range = PanelRangeSchema.safeParse(search.get('range'));
  const change = (edit: (next: URLSearchParams) => void) => {
    // As the address is now: a choice just made may not have been rendered yet.
    const next = new URLSearchParams(window.location.search);
    edit(next);
    const text = next.toString();
    window.history.replaceState(null, '', text === '' ? pathname : `${pathname}?${text}`);
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
