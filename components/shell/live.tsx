'use client';

import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { keysToReload, LiveNoticeSchema } from '#lib/queries/index.ts';

const STREAM_URL = '/api/v1/stream';
const REOPEN_MS = 5_000;
// The server speaks every 15 s; three silences mean that the line is dead although it looks open.
const SILENCE_MS = 50_000;

export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'offline';

const LiveContext = createContext<LiveState>('offline');

/** Whether the page hears of changes by itself. */
export function useLiveState(): LiveState {
  return useContext(LiveContext);
}

/**
 * One stream per page: a notice reloads the queries of its topic; after a break everything is reloaded, since notices
 * may have been missed (DASH-7).
 */
export function LiveProvider({ enabled, children }: { enabled: boolean; children: ReactNode }) {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>(enabled ? 'connecting' : 'offline');

  useEffect(() => {
    if (!enabled) return;
    let source: EventSource | null = null;
    let reopen: ReturnType<typeof setTimeout> | undefined;
    let wasOpen = false;
    let lastHeard = Date.now();
    const reload = (queryKey?: readonly string[]) => {
      void client.invalidateQueries(queryKey ? { queryKey } : undefined);
    };

    function open() {
      clearTimeout(reopen);
      source?.close();
      source = new EventSource(STREAM_URL);
      source.addEventListener('ready', () => {
        lastHeard = Date.now();
        setState('live');
        if (wasOpen) reload();
        wasOpen = true;
      });
      source.addEventListener('resync', () => reload());
      source.addEventListener('notice', (event) => {
        lastHeard = Date.now();
        const notice = LiveNoticeSchema.safeParse(parseJson(event.data));
        // A topic this page does not know yet may concern anything on it.
        if (notice.success) for (const key of keysToReload(notice.data)) reload(key);
        else reload();
      });
      source.onerror = () => {
        setState(navigator.onLine ? 'reconnecting' : 'offline');
        // A refused stream (signed out, server restarting) is not retried by the browser itself.
        if (source?.readyState === EventSource.CLOSED) reopen = setTimeout(open, REOPEN_MS);
      };
    }

    const goOffline = () => setState('offline');
    const onReturn = () => {
      if (document.visibilityState === 'visible' && Date.now() - lastHeard > SILENCE_MS) open();
    };
    open();
    window.addEventListener('offline', goOffline);
    window.addEventListener('online', open);
    document.addEventListener('visibilitychange', onReturn);
    return () => {
      clearTimeout(reopen);
      source?.close();
      window.removeEventListener('offline', goOffline);
      window.removeEventListener('online', open);
      document.removeEventListener('visibilitychange', onReturn);
    };
  }, [client, enabled]);

  return <LiveContext value={state}>{children}</LiveContext>;
}

function parseJson(text: unknown): unknown {
  if (typeof text !== 'string') return null;
  try {
    return JSON.parse(text);
  } catch {
    return null; // not a notice: treated like an unknown topic
  }
}
