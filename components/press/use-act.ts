'use client';

import { useSearchParams } from 'next/navigation';
import { useState } from 'react';

/**
 * Which dialog of a page is open. The address says it, too, so that a link leads straight to it and a sign-in elsewhere
 * comes back to it; `about` is what it is about, such as the phase, and a link about something else opens nothing.
 * Opening a dialog never does anything by itself.
 */
export function useAct<Act extends string>(
  acts: readonly Act[],
  about: string,
  /** Whether the address may open it for this reader as things stand; buttons decide for themselves. */
  may: (act: Act) => boolean,
): [act: Act | null, open: (act: Act | null) => void] {
  const asked = useAskedAct();
  const [act, setAct] = useState<Act | null>(
    () => acts.find((known) => known === asked?.act && asked.about === about && may(known)) ?? null,
  );
  function open(next: Act | null) {
    setAct(next);
    const url = new URL(window.location.href);
    if (next === null) {
      url.searchParams.delete('act');
      url.searchParams.delete('about');
    } else {
      url.searchParams.set('act', next);
      url.searchParams.set('about', about);
    }
    window.history.replaceState(null, '', url);
  }
  return [act, open];
}

/** What the address asks for: a dialog, and what it was to be about. */
export function useAskedAct(): { act: string; about: string } | null {
  const search = useSearchParams();
  const [act, about] = [search.get('act'), search.get('about')];
  return act === null || about === null ? null : { act, about };
}
