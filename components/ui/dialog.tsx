'use client';

import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** The question with its intent, never "Are you sure?". */
  title: ReactNode;
  description?: ReactNode;
  closeLabel: string;
  footer?: ReactNode;
  wide?: boolean;
  children: ReactNode;
};

/** A modal dialog; on a phone it is a sheet at the bottom edge, so that its buttons are in reach of the thumb. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  closeLabel,
  footer,
  wide,
  children,
}: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/50 motion-safe:transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          className={cx(
            'fixed z-50 flex max-h-[92dvh] flex-col bg-surface text-ink shadow-xl outline-none motion-safe:transition-transform',
            'inset-x-0 bottom-0 rounded-t-xl border-t border-line data-ending-style:translate-y-full data-starting-style:translate-y-full',
            'sm:inset-x-auto sm:bottom-auto sm:left-1/2 sm:top-1/2 sm:w-[calc(100vw-4rem)] sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-xl sm:border',
            'sm:data-ending-style:-translate-y-[48%] sm:data-starting-style:-translate-y-[48%]',
            wide ? 'sm:max-w-3xl' : 'sm:max-w-xl',
          )}
        >
          <div className="flex items-start gap-4 border-b border-line px-5 py-4">
            <div className="min-w-0 flex-1">
              <Base.Title className="text-lg leading-snug font-semibold text-balance">{title}</Base.Title>
              {description ? (
                <Base.Description className="mt-1 text-sm text-ink-2">{description}</Base.Description>
              ) : null}
            </div>
            <Base.Close
              aria-label={closeLabel}
              className="-m-2 inline-flex size-10 shrink-0 items-center justify-center rounded-md text-ink-2 hover:bg-sunken hover:text-ink"
            >
              <X aria-hidden className="size-5" />
            </Base.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-5 py-4">{children}</div>
          {footer ? (
            <div className="flex flex-col-reverse gap-3 border-t border-line px-5 py-4 pb-[max(1rem,env(safe-area-inset-bottom))] sm:flex-row sm:justify-end">
              {footer}
            </div>
          ) : null}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
