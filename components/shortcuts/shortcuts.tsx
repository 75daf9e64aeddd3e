'use client';

import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { ALL_PLACES, placesFor } from '#components/shell/places.ts';
import { type Pending, readKey } from './read-key.ts';
import { areShortcutsOn } from './shortcut-switch.ts';

// Neither is part of what a page needs to begin with.
const Palette = dynamic(() => import('./palette.tsx').then((module) => module.Palette), { ssr: false });
const ShortcutList = dynamic(() => import('./shortcut-list.tsx').then((module) => module.ShortcutList), {
  ssr: false,
});

const WRITING = 'input, textarea, select, [contenteditable=true], [role=menu], [role=listbox]';
// A popover of the browser is there while it is closed, too.
const OPEN_LAYER = '[role=dialog]:not([popover]), [popover]:popover-open, [role=alertdialog], [role=menu]';
const ROWS = 'tbody tr, article, [data-row]';
const WITHIN_ROW = 'a[href], button:not(:disabled), summary';
const FILTER = 'main :is(:is(search, [role=search]) :is(input, select), input[type=search])';
// The next page has come by then, or its reader has given it up.
const FILTER_WAIT_MS = 5_000;

/** The keyboard on every page: ways to places, rows, the filter, the palette and the list of all of these. */
export function Shortcuts({ showAdmin }: { showAdmin: boolean }) {
  const router = useRouter();
  const pending = useRef<Pending>(null);
  const [shown, setShown] = useState<'palette' | 'help' | null>(null);

  useEffect(() => {
    const places = placesFor(ALL_PLACES, showAdmin);
    function onKeyDown(event: KeyboardEvent) {
      if (event.defaultPrevented) return;
      const target = event.target instanceof Element ? event.target : null;
      const read = readKey(
        pending.current,
        {
          key: event.key,
          command: event.metaKey || event.ctrlKey,
          alt: event.altKey,
          taken:
            event.isComposing ||
            !areShortcutsOn() ||
            target?.closest(WRITING) !== null ||
            document.querySelector(OPEN_LAYER) !== null,
        },
        Date.now(),
      );
      pending.current = read.pending;
      const { shortcut } = read;
      if (shortcut === null) return;
      if (shortcut.do === 'palette' || shortcut.do === 'help') setShown(shortcut.do);
      else if (shortcut.do === 'row') moveByRow(shortcut.by);
      else if (shortcut.do === 'search') goToFilter();
      else {
        const place = places.find(({ key }) => key === shortcut.key);
        if (!place) return;
        router.push(place.href);
      }
      event.preventDefault();
    }
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [router, showAdmin]);

  const close = () => setShown(null);
  if (shown === 'palette')
    return <Palette showAdmin={showAdmin} onClose={close} onHelp={() => setShown('help')} />;
  if (shown === 'help') return <ShortcutList showAdmin={showAdmin} onClose={close} />;
  return null;
}

/** Goes to the filter; to one that is still on its way when it is there, unless its reader does something else first. */
function goToFilter(): void {
  const arrive = () => {
    const filter = document.querySelector<HTMLElement>(FILTER);
    filter?.focus();
    return filter !== null;
  };
  if (arrive()) return;
  const given = new AbortController();
  const coming = new MutationObserver(() => arrive() && given.abort());
  const late = setTimeout(() => given.abort(), FILTER_WAIT_MS);
  given.signal.addEventListener('abort', () => {
    coming.disconnect();
    clearTimeout(late);
  });
  for (const act of ['keydown', 'pointerdown'])
    window.addEventListener(act, () => given.abort(), { capture: true, signal: given.signal });
  coming.observe(document.body, { childList: true, subtree: true });
}

/** Moves the focus to what the next or previous row of the page opens, from the top when no row has it. */
function moveByRow(by: 1 | -1): void {
  const handles = [...document.querySelectorAll(`main :is(${ROWS})`)].flatMap((row) => {
    const handle = row.querySelector<HTMLElement>(WITHIN_ROW);
    return handle && handle.closest(ROWS) === row && handle.checkVisibility() ? [{ row, handle }] : [];
  });
  const at = handles.findIndex(({ row }) => row.contains(document.activeElement));
  const next = handles[at === -1 ? (by === 1 ? 0 : handles.length - 1) : at + by];
  next?.handle.focus();
  next?.row.scrollIntoView({ block: 'nearest' });
}
