import { cx } from '#components/ui/cx.ts';
import type { PlaceCount } from './use-place-counts.ts';

/** How much waits at a place. It is no alarm: it has no colour. */
export function CountBadge({
  waiting,
  className,
}: {
  waiting: PlaceCount | undefined;
  className?: string | undefined;
}) {
  if (!waiting) return null;
  return (
    <span
      className={cx(
        'rounded bg-sunken px-1.5 text-xs leading-5 font-semibold tabular-nums text-ink-2',
        className,
      )}
    >
      <span aria-hidden>{waiting.count}</span>
      <span className="sr-only">{waiting.text}</span>
    </span>
  );
}
