'use client';

import { focusManager, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { keysToReload, LiveNoticeSchema, overviewQuery } from '#lib/queries/index.ts';
import { type LineEvent, stepLine } from './live-line.ts';

const STREAM_URL = '/api/v1/stream';
const REOPEN_MS = 5_000;
const TICK_MS = 5_000;
const LET_GO_MS = 60_000;

/** `unread`: the line is open, but what is behind it cannot be read, as with a database that hangs. */
export type LiveState = 'connecting' | 'live' | 'unread' | 'reconnecting' | 'offline' | 'paused';

export type Live = {
  state: LiveState;
  /** Since when it is not live (milliseconds); null while it is. What the page shows may be as old as that. */
  since: number | null;
  /** Stops the page from changing by itself, until `resume` brings it up to date (WCAG 2.2.2). */
  pause: () => void;
  resume: () => void;
};

const nothing = () => {};
const LiveContext = createContext<Live>({ state: 'offline', since: null, pause: nothing, resume: nothing });

/** Whether the page hears of changes by itself, and since when not. */
export function useLive(): Live {
  return useContext(LiveContext);
}

/**
 * One stream per page that is looked at: a notice reloads the queries of its topic; after a break, a sleep or a pause
 * everything is reloaded, since notices may have been missed (DASH-7).
 */
export function LiveProvider({ enabled, children }: { enabled: boolean; children: ReactNode }) {
  const client = useQueryClient();
  const [paused, setPaused] = useState(false);
  const [{ state, since }, setStanding] = useState<{ state: LiveState; since: number | null }>({
    state: enabled ? 'connecting' : 'offline',
    since: null,
  });
  const pausedBefore = useRef(false);
  const unreadSince = useUnreadSince(enabled);

  useEffect(() => {
    if (!enabled || paused) return;
    let source: EventSource | null = null;
    let reopen: ReturnType<typeof setTimeout> | undefined;
    let letGo: ReturnType<typeof setTimeout> | undefined;
    // The browser's clock, not the server's: the two may differ by minutes.
    let line = { heardAt: performance.timeOrigin, triedAt: 0, missed: pausedBefore.current };
    pausedBefore.current = true;
    const reload = (queryKey?: readonly string[]) => {
      void client.invalidateQueries(queryKey ? { queryKey } : undefined);
    };
    const stand = (next: LiveState) =>
      setStanding((now) => ({ state: next, since: next === 'live' ? null : (now.since ?? line.heardAt) }));

    function on(event: LineEvent) {
      const step = stepLine(line, event, Date.now());
      line = step.line;
      if (step.reload) reload();
      if (step.reopen) {
        stand('reconnecting');
        open();
      }
    }

    function close() {
      clearTimeout(reopen);
      source?.close();
      source = null;
    }

    function open() {
      close();
      on('opening');
      source = new EventSource(STREAM_URL);
      source.addEventListener('ready', () => {
        on('opened');
        stand('live');
      });
      source.addEventListener('beat', () => on('heard'));
      source.addEventListener('resync', () => reload());
      source.addEventListener('notice', (event) => {
        on('heard');
        const notice = LiveNoticeSchema.safeParse(parseJson(event.data));
        // A topic this page does not know yet may concern anything on it.
        if (notice.success) for (const key of keysToReload(notice.data)) reload(key);
        else reload();
      });
      source.onerror = () => {
        stand(navigator.onLine ? 'reconnecting' : 'offline');
        on('broken');
        // A refused stream (signed out, server restarting) is not retried by the browser itself.
        if (source?.readyState === EventSource.CLOSED) reopen = setTimeout(open, REOPEN_MS);
      };
    }

    const goOffline = () => {
      stand('offline');
      on('broken');
    };
    const tick = () => {
      if (navigator.onLine && !document.hidden) on('tick');
    };
    // A browser has six connections to a server: pages that nobody looks at leave them to those that somebody does.
    const onVisibility = () => {
      clearTimeout(letGo);
      if (document.hidden) {
        letGo = setTimeout(() => {
          on('broken');
          close();
        }, LET_GO_MS);
      } else if (source === null) open();
      else tick();
    };
    open();
    const ticker = setInterval(tick, TICK_MS);
    window.addEventListener('offline', goOffline);
    window.addEventListener('online', open);
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      clearTimeout(letGo);
      clearInterval(ticker);
      close();
      window.removeEventListener('offline', goOffline);
      window.removeEventListener('online', open);
      document.removeEventListener('visibilitychange', onVisibility);
    };
  }, [client, enabled, paused]);

  const live = useMemo(
    () => ({
      ...(state === 'live' && unreadSince !== null
        ? { state: 'unread' as const, since: unreadSince }
        : { state, since }),
      pause: () => {
        // Nobody looks: what is asked for at intervals is not asked for.
        focusManager.setFocused(false);
        setPaused(true);
        setStanding({ state: 'paused', since: Date.now() });
      },
      resume: () => {
        focusManager.setFocused(undefined);
        setPaused(false);
        setStanding((now) => ({ state: 'connecting', since: now.since }));
      },
    }),
    [state, since, unreadSince],
  );
  return <LiveContext value={live}>{children}</LiveContext>;
}

/**
 * Since when (milliseconds of the browser's clock) what every page asks for could not be read anew; null while it can. A line
 * that is open says that the server runs, not that it sees anything.
 */
function useUnreadSince(enabled: boolean): number | null {
  const { dataUpdatedAt, isError } = useQuery({ ...overviewQuery(), enabled });
  // The time of the data is the server's where it came with the page; the two clocks may differ by minutes.
  const [read, setRead] = useState({ dataUpdatedAt, at: 0 });
  useEffect(() => {
    setRead((last) => {
      if (last.at === 0) return { dataUpdatedAt, at: performance.timeOrigin };
      return last.dataUpdatedAt === dataUpdatedAt ? last : { dataUpdatedAt, at: Date.now() };
    });
  }, [dataUpdatedAt]);
  return isError ? read.at : null;
}

function parseJson(text: unknown): unknown {
  if (typeof text !== 'string') return null;
  try {
    return JSON.parse(text);
  } catch {
    return null; // not a notice: treated like an unknown topic
  }
}
