'use client';

import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { Button } from '#components/ui/button.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { policyVersionsQuery } from '#lib/queries/index.ts';

/** Says when the page shows a policy that another one has replaced; nothing moves under the reader by itself. */
export function PolicyNews({ hash }: { hash: string }) {
  const t = useTranslations('policyPage');
  const router = useRouter();
  const inForce = useQuery(policyVersionsQuery()).data?.inForce;
  if (inForce === undefined || inForce === hash) return null;
  return (
    <Notice live title={t('updated')}>
      <Button size="sm" className="max-sm:h-11" onClick={() => router.refresh()}>
        {t('showIt')}
      </Button>
    </Notice>
  );
}
