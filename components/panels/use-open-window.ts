'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { z } from 'zod';

const MomentSchema = z.iso.datetime();

/** The address of this page with the detail of a window over it, or without one. */
function addressOf(pathname: string, search: string, windowStart: string | null): string {
  const next = new URLSearchParams(search);
  if (windowStart === null) next.delete('window');
  else next.set('window', `${new Date(windowStart).toISOString().slice(0, 16)}Z`);
  const text = next.toString();
  return text === '' ? pathname : `${pathname}?${text}`;
}

/** The window that is looked into, in the address: a link to it opens it, and Back closes it. */
export function useOpenWindow() {
  const pathname = usePathname();
  const search = useSearchParams();
  const asked = search.get('window');
  const parsed = MomentSchema.safeParse(asked?.replace(/T(\d{2}:\d{2})Z$/, 'T$1:00Z'));
  return {
    windowStart: parsed.success ? new Date(parsed.data).toISOString() : null,
    hrefOf: (windowStart: string) => addressOf(pathname, search.toString(), windowStart),
    open: (windowStart: string) =>
      window.history.pushState(null, '', addressOf(pathname, window.location.search, windowStart)),
    close: () => window.history.pushState(null, '', addressOf(pathname, window.location.search, null)),
  };
}
