'use client';

import { useSearchParams } from 'next/navigation';
import { useState } from 'react';

/**
 * Which dialog of a page is open. The address says it, too: a link in a message leads straight to it, and a sign-in
 * elsewhere comes back to it. Opening a dialog never does anything by itself.
 */
export function useAct<Act extends string>(
  acts: readonly Act[],
): [act: Act | null, open: (act: Act | null) => void] {
  const asked = useSearchParams().get('act');
  const [act, setAct] = useState<Act | null>(() => acts.find((known) => known === asked) ?? null);
  function open(next: Act | null) {
    setAct(next);
    const url = new URL(window.location.href);
    if (next === null) {
      url.searchParams.delete('act');
      url.searchParams.delete('from');
    } else {
      url.searchParams.set('act', next);
    }
    window.history.replaceState(null, '', url);
  }
  return [act, open];
}
