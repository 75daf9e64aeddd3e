'use client';

import { KeyRound } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Section } from '#components/ui/card.tsx';
import { EmptyState } from '#components/ui/notice.tsx';
import type { ApiKeySummary } from '#lib/identity/index.ts';
import { revokeOwnKey } from '#lib/queries/index.ts';
import { NewKeyDialog, RevokeKeyDialog } from './key-dialogs.tsx';
import { KeyRow } from './key-row.tsx';
import { useHydrated } from './use-hydrated.ts';

type PersonalKeysProps = { keys: readonly ApiKeySummary[]; longestDays: number; appUrl: string };

/** The keys that act as whoever reads this, ended ones included. */
export function PersonalKeysSection({ keys, longestDays, appUrl }: PersonalKeysProps) {
  const t = useTranslations('account');
  const router = useRouter();
  const hydrated = useHydrated();
  const [open, setOpen] = useState<ApiKeySummary | 'new' | null>(null);
  const close = () => setOpen(null);
  const reload = () => router.refresh();
  return (
    <Section
      id="personal-keys"
      title={t('keys')}
      aside={
        <Button size="sm" disabled={!hydrated} onClick={() => setOpen('new')}>
          <KeyRound aria-hidden className="size-4" />
          {t('addKey')}
        </Button>
      }
    >
      <p className="border-b border-line px-4 py-3 text-sm text-ink-2 sm:px-5">{t('keysText')}</p>
      {keys.length === 0 ? (
        <EmptyState title={t('noKeys')}>{t('noKeysText')}</EmptyState>
      ) : (
        <ul className="divide-y divide-line">
          {keys.map((key) => (
            <KeyRow key={key.id} apiKey={key} onRevoke={() => setOpen(key)} />
          ))}
        </ul>
      )}
      {open === 'new' ? (
        <NewKeyDialog personal={{ longestDays }} appUrl={appUrl} onClose={close} onSaved={reload} />
      ) : null}
      {open && open !== 'new' ? (
        <RevokeKeyDialog apiKey={open} revoke={revokeOwnKey} onClose={close} onSaved={reload} />
      ) : null}
    </Section>
  );
}
