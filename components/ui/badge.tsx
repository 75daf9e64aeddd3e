import type { ReactNode } from 'react';
import { cx } from './cx.ts';

const TONES = {
  neutral: 'bg-sunken text-ink-2 border-line',
  accent: 'bg-accent-soft text-accent border-accent/30',
  pass: 'bg-pass-soft text-pass border-pass-line/40',
  warn: 'bg-warn-soft text-warn border-warn-line/40',
  bad: 'bg-bad-soft text-bad border-bad-line/40',
  none: 'bg-none-soft text-none border-none-line/40',
  back: 'bg-back-soft text-back border-back-line/40',
} as const;
export type Tone = keyof typeof TONES;

/** A short word that does not wrap; with an icon it also works without colour. */
export function Badge({
  tone = 'neutral',
  icon,
  children,
  className,
}: {
  tone?: Tone | undefined;
  icon?: ReactNode;
  children: ReactNode;
  className?: string | undefined;
}) {
  return (
    <span
      className={cx(
        'inline-flex h-6 items-center gap-1 rounded border px-2 text-[13px] font-medium whitespace-nowrap',
        TONES[tone],
        className,
      )}
    >
      {icon}
      {children}
    </span>
  );
}
