'use client';

import { Popover as Base } from '@base-ui/react/popover';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

/** A small panel that opens from a button; closed by Escape, by a click elsewhere, or by its button. */
export function Popover({
  label,
  title,
  trigger,
  triggerClassName,
  children,
  align = 'end',
  className,
}: {
  /** What the button is called, where its content does not say it. */
  label?: string | undefined;
  title: ReactNode;
  trigger: ReactNode;
  triggerClassName?: string | undefined;
  children: ReactNode;
  align?: 'start' | 'center' | 'end';
  className?: string | undefined;
}) {
  return (
    <Base.Root>
      <Base.Trigger aria-label={label} className={triggerClassName}>
        {trigger}
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={6} align={align} collisionPadding={12} className="z-50">
          <Base.Popup
            className={cx(
              'max-h-[80dvh] w-[min(20rem,calc(100vw-1.5rem))] overflow-y-auto rounded-lg border border-line bg-surface p-4 text-ink shadow-lg outline-none',
              className,
            )}
          >
            <Base.Title className="text-sm font-semibold">{title}</Base.Title>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
