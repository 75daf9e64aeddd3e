'use client';

import type { ReactNode } from 'react';
import { cx } from './cx.ts';

type SegmentedProps<T extends string> = {
  label: string;
  value: T | undefined;
  options: readonly { value: T; label: ReactNode; name?: string }[];
  onChange: (value: T) => void;
  className?: string | undefined;
};

/** A choice among a few, all visible; the chosen one is pressed. `name`: what a screen reader says instead of the label. */
export function Segmented<T extends string>({
  label,
  value,
  options,
  onChange,
  className,
}: SegmentedProps<T>) {
  return (
    <fieldset
      aria-label={label}
      className={cx('m-0 inline-flex h-8 min-w-0 rounded-md border border-line bg-sunken p-0.5', className)}
    >
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          aria-label={option.name}
          onClick={() => onChange(option.value)}
          className={cx(
            'inline-flex min-w-8 flex-auto items-center justify-center rounded px-2 text-[13px] font-medium whitespace-nowrap',
            option.value === value
              ? 'bg-surface text-ink shadow-sm ring-1 ring-line-strong/40'
              : 'text-ink-2 hover:text-ink',
          )}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  );
}
