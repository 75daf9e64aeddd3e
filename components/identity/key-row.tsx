'use client';

import { useTranslations } from 'next-intl';
import { Age, Instant, useNow } from '#components/clock/clock.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import type { ApiKeySummary } from '#lib/identity/index.ts';
import { SCOPE_TEXT } from './key-dialogs.tsx';

/** One API key: what it may, whose it is, how it ends. */
export function KeyRow({ apiKey, onRevoke }: { apiKey: ApiKeySummary; onRevoke: () => void }) {
  const t = useTranslations('admin');
  const now = useNow();
  const { lastUsedAt, expiresAt } = apiKey;
  const expired = expiresAt !== null && Date.parse(expiresAt) <= now;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 text-sm sm:px-5">
      <div className="min-w-0 flex-1 basis-52">
        <p className="font-medium break-words">{apiKey.name}</p>
        <p className="font-mono text-[13px] text-ink-2">{apiKey.prefix}…</p>
      </div>
      <div className="flex flex-1 basis-52 flex-wrap gap-1.5">
        {apiKey.revokedAt ? <Badge tone="none">{t('revoked')}</Badge> : null}
        {expired && !apiKey.revokedAt ? <Badge tone="none">{t('expired')}</Badge> : null}
        {apiKey.scopes.map((scope) => (
          <Badge key={scope}>{t(SCOPE_TEXT[scope])}</Badge>
        ))}
      </div>
      <p className="flex-1 basis-52 text-[13px] text-ink-2">
        {t.rich('made', {
          name: apiKey.createdBy,
          at: () => <Instant at={apiKey.createdAt} style="day" named={false} />,
        })}
        {' · '}
        {lastUsedAt ? t.rich('lastUsed', { age: () => <Age at={lastUsedAt} /> }) : t('neverUsed')}
        {expiresAt && !expired ? (
          <>
            {' · '}
            {t.rich('endsAt', { at: () => <Instant at={expiresAt} style="day" named={false} /> })}
          </>
        ) : null}
      </p>
      {apiKey.revokedAt || expired ? null : (
        <Button size="sm" aria-label={t('revokeNamed', { name: apiKey.name })} onClick={onRevoke}>
          {t('revoke')}
        </Button>
      )}
    </li>
  );
}
