'use client';

import { useTranslations } from 'next-intl';
import { Button } from '#components/ui/button.tsx';
import { Notice } from '#components/ui/notice.tsx';

export default function PageError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  const t = useTranslations();
  return (
    <div className="mx-auto max-w-xl py-10">
      <h1 className="sr-only">{t('state.errorTitle')}</h1>
      <Notice tone="bad" live title={t('state.errorTitle')}>
        <p>{t('state.errorText')}</p>
        {error.digest ? (
          <p className="mt-1 font-mono text-xs">{t('state.errorId', { id: error.digest })}</p>
        ) : null}
        <Button size="sm" className="mt-3" onClick={reset}>
          {t('app.retry')}
        </Button>
      </Notice>
    </div>
  );
}
