'use client';

import { useCallback, useState } from 'react';

export type Words = { reason: string; link: string };

const keyOf = (name: string) => `phasegate.words.${name}`;

/**
 * What was typed into a dialog, kept in this tab until it is sent or put away: a session that ends at 3 a.m. must not
 * cost the words. A browser that keeps nothing loses only that.
 */
export function useKeptWords(
  name: string,
  initial: Words,
): [words: Words, set: (words: Words) => void, forget: () => void] {
  const [words, setWords] = useState<Words>(() => read(name) ?? initial);
  const set = useCallback(
    (next: Words) => {
      setWords(next);
      attempt((storage) => storage.setItem(keyOf(name), JSON.stringify(next)));
    },
    [name],
  );
  const forget = useCallback(() => attempt((storage) => storage.removeItem(keyOf(name))), [name]);
  return [words, set, forget];
}

function read(name: string): Words | null {
  const kept: unknown = attempt((storage) => JSON.parse(storage.getItem(keyOf(name)) ?? 'null'));
  return typeof kept === 'object' &&
    kept !== null &&
    'reason' in kept &&
    'link' in kept &&
    typeof kept.reason === 'string' &&
    typeof kept.link === 'string'
    ? { reason: kept.reason, link: kept.link }
    : null;
}

function attempt<T>(use: (storage: Storage) => T): T | undefined {
  if (typeof window === 'undefined') return undefined;
  try {
    return use(window.sessionStorage);
  } catch {
    // Storage that is full, switched off or written by hand: the words then live as long as the dialog.
    return undefined;
  }
}
