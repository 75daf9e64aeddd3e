import { useTranslations } from 'next-intl';
import { PageSkeleton } from '#components/state/page-skeleton.tsx';

export default function Loading() {
  return <PageSkeleton shape="table" title={useTranslations('jobs')('title')} />;
}
