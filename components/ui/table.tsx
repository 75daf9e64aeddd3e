import type { ComponentProps, ReactNode } from 'react';
import { cx } from './cx.ts';

type TableProps = ComponentProps<'table'> & {
  /** What the table holds; read by screen readers, not shown. */
  caption: ReactNode;
};

/** A dense table that scrolls sideways inside its own frame on narrow screens. */
export function Table({ caption, className, children, ...props }: TableProps) {
  return (
    <section
      aria-label={typeof caption === 'string' ? caption : undefined}
      className="relative overflow-x-auto"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <table className={cx('w-full border-collapse text-sm tabular-nums', className)} {...props}>
        <caption className="sr-only">{caption}</caption>
        {children}
      </table>
    </section>
  );
}

export function TableHead({ className, children }: { className?: string; children: ReactNode }) {
  return (
    <thead className={cx('border-b border-line text-left text-[13px] text-ink-2', className)}>
      <tr>{children}</tr>
    </thead>
  );
}

export function HeaderCell({ className, numeric, ...props }: ComponentProps<'th'> & { numeric?: boolean }) {
  return (
    <th
      scope="col"
      className={cx('h-9 px-3 font-medium whitespace-nowrap', numeric && 'text-right', className)}
      {...props}
    />
  );
}

export function Row({ className, ...props }: ComponentProps<'tr'>) {
  return (
    <tr className={cx('border-b border-line last:border-b-0 hover:bg-sunken/60', className)} {...props} />
  );
}

export function Cell({ className, numeric, ...props }: ComponentProps<'td'> & { numeric?: boolean }) {
  return <td className={cx('h-9 px-3 py-1.5 align-middle', numeric && 'text-right', className)} {...props} />;
}
