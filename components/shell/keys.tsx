import { Fragment } from 'react';
import { cx } from '#components/ui/cx.ts';

/** Keys pressed one after the other. Where there is no keyboard it is left out. */
export function Keys({ keys, className }: { keys: readonly string[]; className?: string | undefined }) {
  return (
    <span aria-hidden className={cx('hidden gap-1 [@media(hover:hover)]:inline-flex', className)}>
      {keys.map((key) => (
        <Fragment key={key}>
          <kbd className="min-w-5 rounded border border-line bg-sunken px-1 text-center font-mono text-xs leading-4.5 text-ink-2">
            {key}
          </kbd>
        </Fragment>
      ))}
    </span>
  );
}
