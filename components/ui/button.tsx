import type { ComponentProps } from 'react';
import { cx } from './cx.ts';

const TONES = {
  primary: 'border-transparent bg-accent text-on-accent hover:bg-accent-strong',
  plain: 'border-line-strong bg-surface text-ink hover:bg-sunken',
  quiet: 'border-transparent bg-transparent text-ink-2 hover:bg-sunken hover:text-ink',
  danger: 'border-transparent bg-danger text-on-danger hover:bg-danger-strong',
} as const;

const SIZES = {
  sm: 'h-8 px-2.5 text-[13px] gap-1.5',
  md: 'h-10 px-4 text-sm gap-2',
  lg: 'h-12 px-5 text-base gap-2',
} as const;

export type ButtonLook = { tone?: keyof typeof TONES | undefined; size?: keyof typeof SIZES | undefined };

/** The classes of a button, for links that look like one. */
export function buttonClass({ tone = 'plain', size = 'md' }: ButtonLook = {}, className?: string): string {
  return cx(
    'inline-flex shrink-0 items-center justify-center rounded-md border font-medium whitespace-nowrap transition-colors',
    'disabled:cursor-not-allowed disabled:border-line disabled:bg-sunken disabled:text-ink-3',
    TONES[tone],
    SIZES[size],
    className,
  );
}

/** A button. Give it a verb and an object; when it is disabled, say why beside it. */
export function Button({
  tone,
  size,
  className,
  type = 'button',
  ...props
}: ComponentProps<'button'> & ButtonLook) {
  return <button type={type} className={buttonClass({ tone, size }, className)} {...props} />;
}
