'use client';

import dynamic from 'next/dynamic';
import { useOpenWindow } from '#components/panels/use-open-window.ts';

// Most visits never look into a window.
const WindowDrawer = dynamic(() => import('./window-drawer.tsx').then((module) => module.WindowDrawer), {
  ssr: false,
});

/** What lies behind one window, over the page, while the address names one (`?window=2026-11-21T10:00Z`). */
export function WindowDetail({ rolloutId }: { rolloutId: string }) {
  const { windowStart, open, close } = useOpenWindow();
  if (windowStart === null) return null;
  return <WindowDrawer rolloutId={rolloutId} windowStart={windowStart} go={open} close={close} />;
}
