'use client';

import type { MouseEvent, ReactNode } from 'react';
import type { useOpenWindow } from './use-open-window.ts';

/** A link that opens a window over the page, and works as a link in every other way. */
export function WindowLink({
  openWindow,
  windowStart,
  children,
}: {
  openWindow: ReturnType<typeof useOpenWindow>;
  windowStart: string;
  children: ReactNode;
}) {
  function onClick(event: MouseEvent) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0) return;
    event.preventDefault();
    openWindow.open(windowStart);
  }
  return (
    <a
      href={openWindow.hrefOf(windowStart)}
      onClick={onClick}
      className="inline-flex min-h-6 items-center text-accent underline underline-offset-2"
    >
      {children}
    </a>
  );
}
