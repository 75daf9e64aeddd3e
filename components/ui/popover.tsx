'use client';

import { type KeyboardEventHandler, type ReactNode, useId, useLayoutEffect, useRef, useState } from 'react';
import { cx } from './cx.ts';

const GAP_PX = 6;
const EDGE_PX = 12;
const TABBABLE = 'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled)';

/**
 * A small panel that opens from a button; closed by Escape, by a click elsewhere, or by its button: the browser's own popover,
 * because it is on every page and needs no script to load. It stands under its button, which must not scroll away (all are in
 * the bar at the top). What is in it is drawn only while it is open.
 */
export function Popover({
  label,
  title,
  name,
  trigger,
  triggerClassName,
  current,
  children,
  align = 'end',
  className,
  onKeyDown,
}: {
  /** What the button is called, where its content does not say it. */
  label?: string | undefined;
  /** The panel's heading; without one it is called `name`. */
  title?: ReactNode;
  name?: string;
  trigger: ReactNode;
  triggerClassName?: string | undefined;
  /** The button stands for where the reader is. */
  current?: boolean;
  children: ReactNode;
  align?: 'start' | 'end';
  className?: string | undefined;
  onKeyDown?: KeyboardEventHandler<HTMLElement>;
}) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  useLayoutEffect(() => {
    if (!(open && button.current && panel.current)) return;
    placeUnder(button.current, panel.current, align);
    const first = panel.current.querySelector<HTMLElement>(TABBABLE) ?? panel.current;
    first.focus({ preventScroll: true });
  }, [open, align]);
  return (
    <>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
        aria-label={label}
        aria-expanded={open}
        aria-controls={id}
        aria-current={current ? 'true' : undefined}
        className={triggerClassName}
      >
        {trigger}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        tabIndex={-1}
        aria-labelledby={open && title !== undefined ? `${id}-title` : undefined}
        aria-label={open ? name : undefined}
        onToggle={(event) => setOpen(event.newState === 'open')}
        onKeyDown={onKeyDown}
        className={cx(
          'inset-auto m-0 w-[min(20rem,calc(100vw-1.5rem))] overflow-y-auto rounded-lg border border-line bg-surface p-4 text-ink shadow-lg outline-none',
          className,
        )}
      >
        {open && title !== undefined ? (
          <h2 id={`${id}-title`} className="text-sm font-semibold">
            {title}
          </h2>
        ) : null}
        {open ? children : null}
      </div>
    </>
  );
}

/** Closes the popover that an element is in, such as a link that leads elsewhere. */
export function closePopoverOf(element: Element): void {
  const panel = element.closest('[popover]');
  if (panel instanceof HTMLElement) panel.hidePopover();
}

function placeUnder(button: HTMLElement, panel: HTMLElement, align: 'start' | 'end'): void {
  const { left, right, bottom } = button.getBoundingClientRect();
  const wanted = align === 'start' ? left : right - panel.offsetWidth;
  const furthest = document.documentElement.clientWidth - panel.offsetWidth - EDGE_PX;
  panel.style.left = `${Math.max(EDGE_PX, Math.min(wanted, furthest))}px`;
  panel.style.top = `${bottom + GAP_PX}px`;
  panel.style.maxHeight = `calc(100dvh - ${bottom + GAP_PX + EDGE_PX}px)`;
}
