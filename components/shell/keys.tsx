import { cx } from '#components/ui/cx.ts';

/** Keys pressed one after the other; where there is as a rule no keyboard only if they are wanted `always`. */
export function Keys({
  keys,
  always = false,
  className,
}: {
  keys: readonly string[];
  always?: boolean;
  className?: string | undefined;
}) {
  return (
    <span
      aria-hidden
      className={cx('gap-1', always ? 'inline-flex' : 'hidden [@media(hover:hover)]:inline-flex', className)}
    >
      {keys.map((key) => (
        <kbd
          key={key}
          className="min-w-5 rounded border border-line bg-sunken px-1 text-center font-mono text-xs leading-4.5 text-ink-2"
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
