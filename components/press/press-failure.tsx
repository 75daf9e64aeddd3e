'use client';

import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { Text } from '#lib/dashboard/index.ts';
import { RequestFailed } from '#lib/queries/index.ts';
import { failureKind, PRESS_REASONS } from './failure-kind.ts';

/** What came of a press that failed: what happened, what did not, and whether pressing again can do harm. */
export function PressFailure({ error, roles = [] }: { error: Error; roles?: readonly Text[] }) {
  const t = useTranslations('press');
  const { locale } = useReader();
  const failed = error instanceof RequestFailed ? error : null;
  const kind = failureKind(failed);
  const reason = PRESS_REASONS.find((known) => known === failed?.reason);
  const names = roles.map((role) => role[locale]).join(' · ');
  return (
    <Notice tone={kind === 'conflict' ? 'warn' : 'bad'} live title={t(`${kind}Title`)}>
      {reason ? <p className="text-ink">{t(`reason.${reason}`)}</p> : null}
      <p>{t(`${kind}Text`)}</p>
      {kind === 'forbidden' && names ? <p>{t('roles', { roles: names })}</p> : null}
      {!reason && kind === 'failed' && failed?.detail ? <p lang="en">{failed.detail}</p> : null}
      {failed?.requestId ? (
        <p className="mt-1 font-mono text-xs">{t('requestId', { id: failed.requestId })}</p>
      ) : null}
    </Notice>
  );
}
