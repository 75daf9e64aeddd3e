'use client';

import { useTranslations } from 'next-intl';
import { Age } from '#components/clock/clock.tsx';
import { Button } from '#components/ui/button.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { RequestFailed } from '#lib/queries/index.ts';

/** Reading failed: what, how old the rest of the page is, try again, and the id to quote. */
export function LoadFailed({
  error,
  retry,
  title,
  stale,
  className,
}: {
  error: Error;
  retry: () => unknown;
  title?: string;
  /** When the content still shown was read. */
  stale?: string | undefined;
  className?: string;
}) {
  const t = useTranslations();
  const failed = error instanceof RequestFailed ? error : null;
  const text =
    failed === null
      ? t('state.badAnswer')
      : failed.status === 0
        ? t(failed.code === 'no_answer' ? 'state.noAnswer' : 'state.offline')
        : failed.status === 401
          ? t('state.signedOut')
          : failed.code === 'bad_answer'
            ? t('state.badAnswer')
            : t('state.status', { status: failed.status });
  return (
    <Notice tone="warn" live title={title ?? t('state.loadFailed')} className={className}>
      <p>
        {text} {stale ? t.rich('state.stale', { age: () => <Age at={stale} /> }) : null}
      </p>
      {failed?.requestId ? (
        <p className="mt-1 font-mono text-xs">{t('state.errorId', { id: failed.requestId })}</p>
      ) : null}
      <div className="mt-2">
        {failed?.status === 401 ? (
          <a href="/signin" className="font-medium text-accent underline underline-offset-2">
            {t('settings.signIn')}
          </a>
        ) : (
          <Button size="sm" onClick={() => void retry()}>
            {t('app.retry')}
          </Button>
        )}
      </div>
    </Notice>
  );
}
