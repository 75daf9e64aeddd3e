import { useTranslations } from 'next-intl';
import { Skeleton } from '#components/ui/notice.tsx';

/** Blocks of the sizes of what comes: title, chooser, answer, head, budgets. */
export default function LoadingSlo() {
  const t = useTranslations('slo');
  return (
    <div role="status" aria-label={t('loadingReport')} className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <div>
        <Skeleton className="h-7 w-80 max-w-full" />
        <Skeleton className="mt-2 h-5 w-full max-w-prose" />
      </div>
      <div className="flex flex-wrap gap-4">
        <Skeleton className="h-17 w-full sm:w-64" />
        <Skeleton className="h-17 w-full sm:w-64" />
      </div>
      <Skeleton className="h-28" />
      <Skeleton className="h-48" />
      <Skeleton className="h-[36rem]" />
    </div>
  );
}
