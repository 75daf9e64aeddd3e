'use client';

import { createContext, type ReactNode, useContext, useState, useSyncExternalStore } from 'react';

/** Where the reader points, on whichever chart of the page; `pinned`: it stays when the pointer leaves. */
export type Cursor = { at: number; owner: string; pinned: boolean } | null;

type CursorStore = {
  read: () => Cursor;
  subscribe: (changed: () => void) => () => void;
  point: (cursor: Cursor) => void;
};

function makeStore(): CursorStore {
  let cursor: Cursor = null;
  const listeners = new Set<() => void>();
  return {
    read: () => cursor,
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    point: (next) => {
      cursor = next;
      for (const changed of listeners) changed();
    },
  };
}

const CursorContext = createContext<CursorStore | null>(null);

/** One cursor for all charts within: only what shows it is rendered again when it moves. */
export function ChartCursor({ children }: { children: ReactNode }) {
  const [store] = useState(makeStore);
  return <CursorContext value={store}>{children}</CursorContext>;
}

export function useChartCursor(): { cursor: Cursor; point: (cursor: Cursor) => void } {
  const [own] = useState(makeStore);
  const store = useContext(CursorContext) ?? own;
  const cursor = useSyncExternalStore(store.subscribe, store.read, () => null);
  return { cursor, point: store.point };
}
