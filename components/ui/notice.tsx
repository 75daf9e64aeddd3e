import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

const LOOKS = {
  info: { icon: Info, className: 'border-line-strong/50 bg-sunken text-ink', iconClass: 'text-ink-2' },
  good: { icon: CircleCheck, className: 'border-pass-line/50 bg-pass-soft text-ink', iconClass: 'text-pass' },
  warn: {
    icon: TriangleAlert,
    className: 'border-warn-line/60 bg-warn-soft text-ink',
    iconClass: 'text-warn',
  },
  bad: { icon: CircleAlert, className: 'border-bad-line/60 bg-bad-soft text-ink', iconClass: 'text-bad' },
} as const;

/** One thing the reader should know: what happened, what did not, what to do next. */
export function Notice({
  tone = 'info',
  title,
  children,
  live,
  className,
}: {
  tone?: keyof typeof LOOKS;
  title: ReactNode;
  children?: ReactNode;
  /** Announce it when it appears. */
  live?: boolean;
  className?: string | undefined;
}) {
  const { icon: Icon, className: look, iconClass } = LOOKS[tone];
  return (
    <div
      role={live ? (tone === 'bad' ? 'alert' : 'status') : undefined}
      className={cx('flex gap-3 rounded-md border px-4 py-3 text-sm', look, className)}
    >
      <Icon aria-hidden className={cx('mt-0.5 size-5 shrink-0', iconClass)} />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{title}</p>
        {children ? <div className="mt-1 text-ink-2">{children}</div> : null}
      </div>
    </div>
  );
}

/** A place with nothing in it: why, and what to do. */
export function EmptyState({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <div className="px-5 py-10 text-center">
      <p className="font-medium text-ink">{title}</p>
      {children ? <div className="mx-auto mt-1 max-w-prose text-sm text-ink-2">{children}</div> : null}
    </div>
  );
}

/** A grey block of the size of what is being loaded. */
export function Skeleton({ className }: { className?: string | undefined }) {
  return (
    <span
      aria-hidden
      className={cx('block animate-pulse rounded bg-sunken motion-reduce:animate-none', className)}
    />
  );
}
