'use client';

import { useTranslations } from 'next-intl';
import { Notice } from '#components/ui/notice.tsx';
import { RequestFailed } from '#lib/queries/index.ts';

const KNOWN = [
  'last_admin',
  'email_taken',
  'already_revoked',
  'password_wrong',
  'password_moved',
  'demo_account',
] as const;

/** Why a change was not made, in the reader's language where we know the reason. */
export function FailureNotice({ title, error }: { title: string; error: unknown }) {
  const t = useTranslations('admin.error');
  return (
    <Notice tone="bad" live title={title}>
      {explain(error, t)}
    </Notice>
  );
}

function explain(error: unknown, t: ReturnType<typeof useTranslations<'admin.error'>>): string {
  if (!(error instanceof RequestFailed)) throw error;
  const reason = KNOWN.find((each) => each === reasonOf(error.body));
  if (reason) return t(reason);
  if (error.status === 0) return t('offline');
  if (error.status === 401) return t('signed_out');
  if (error.status === 403) return t('forbidden');
  if (error.status === 429) return t('too_many');
  return t('other', { detail: error.detail ?? error.message });
}

function reasonOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'reason' in body ? body.reason : undefined;
}
