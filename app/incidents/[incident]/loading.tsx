import { PageSkeleton } from '#components/state/page-skeleton.tsx';

export default function Loading() {
  return <PageSkeleton shape="detail" />;
}
