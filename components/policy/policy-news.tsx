'use client';

import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { Button } from '#components/ui/button.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { PolicyAdoption } from '#lib/policy/index.ts';
import { policyVersionsQuery } from '#lib/queries/index.ts';

/**
 * Says when the page shows a policy that another one has replaced, or one that has come on record since; nothing moves under
 * the reader by itself.
 */
export function PolicyNews({ shown }: { shown: PolicyAdoption | undefined }) {
  const t = useTranslations('policyPage');
  const router = useRouter();
  const newest = useQuery(policyVersionsQuery()).data?.versions[0];
  if (newest === undefined || (newest.hash === shown?.hash && newest.source === shown.source)) return null;
  return (
    <Notice live title={t('updated')}>
      <Button size="sm" className="max-sm:h-11" onClick={() => router.refresh()}>
        {t('showIt')}
      </Button>
    </Notice>
  );
}
