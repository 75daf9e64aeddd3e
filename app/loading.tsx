import { useTranslations } from 'next-intl';
import { Skeleton } from '#components/ui/notice.tsx';

export default function Loading() {
  const t = useTranslations('app');
  return (
    <div role="status" aria-label={t('loading')} className="grid gap-4">
      <Skeleton className="h-8 w-56" />
      <Skeleton className="h-28" />
      <Skeleton className="h-72" />
    </div>
  );
}
