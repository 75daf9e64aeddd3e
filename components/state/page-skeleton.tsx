import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { cx } from '#components/ui/cx.ts';
import { Skeleton } from '#components/ui/notice.tsx';

const SHAPES = {
  /** The cards of the overview. */
  cards: (
    <div className="grid gap-4 lg:grid-cols-2">
      <Skeleton className="h-80" />
      <Skeleton className="h-80" />
    </div>
  ),
  /** Sections one below the other, each of a few lines. */
  sections: (
    <div className="grid gap-5">
      <Skeleton className="h-44" />
      <Skeleton className="h-32" />
      <Skeleton className="h-32" />
    </div>
  ),
  /** What to narrow it down to, then a long table. */
  table: (
    <div className="grid gap-5">
      <Skeleton className="h-16" />
      <Skeleton className="h-[28rem]" />
    </div>
  ),
  /** Where it stands, then its course beside what belongs to it. */
  detail: (
    <div className="grid gap-5">
      <Skeleton className="h-36" />
      <Skeleton className="h-52" />
      <div className="grid gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Skeleton className="h-96" />
        <Skeleton className="h-72" />
      </div>
    </div>
  ),
  /** A form of a few fields. */
  form: (
    <div className="grid gap-4">
      <Skeleton className="h-64" />
    </div>
  ),
} as const satisfies Record<string, ReactNode>;

/** What stands in for a page until it is there: of its shape, under its title where that is known. */
export function PageSkeleton({
  shape,
  title,
  narrow = false,
}: {
  shape: keyof typeof SHAPES;
  title?: string | undefined;
  /** As wide as a form, not as the page. */
  narrow?: boolean;
}) {
  const t = useTranslations('app');
  return (
    <div
      role="status"
      aria-label={t('loading')}
      className={cx('grid grid-cols-[minmax(0,1fr)] gap-5', narrow && 'mx-auto max-w-md py-4 sm:py-10')}
    >
      <div>
        {title === undefined ? (
          <Skeleton className="h-8 w-72 max-w-full" />
        ) : (
          <p className="text-xl font-semibold">{title}</p>
        )}
        <Skeleton className="mt-2 h-5 w-96 max-w-full" />
      </div>
      {SHAPES[shape]}
    </div>
  );
}
