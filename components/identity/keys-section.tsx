'use client';

import { KeyRound } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Section } from '#components/ui/card.tsx';
import { EmptyState } from '#components/ui/notice.tsx';
import type { ApiKeySummary } from '#lib/identity/index.ts';
import { NewKeyDialog, RevokeKeyDialog } from './key-dialogs.tsx';
import { KeyRow } from './key-row.tsx';

/** Every API key, ended ones included, because a log may name them. */
export function KeysSection({ keys, appUrl }: { keys: readonly ApiKeySummary[]; appUrl: string }) {
  const t = useTranslations('admin');
  const router = useRouter();
  const [open, setOpen] = useState<ApiKeySummary | 'new' | null>(null);
  const close = () => setOpen(null);
  const reload = () => router.refresh();
  return (
    <Section
      id="keys"
      title={t('keys')}
      aside={
        <Button size="sm" onClick={() => setOpen('new')}>
          <KeyRound aria-hidden className="size-4" />
          {t('addKey')}
        </Button>
      }
    >
      {keys.length === 0 ? (
        <EmptyState title={t('noKeys')}>{t('noKeysText')}</EmptyState>
      ) : (
        <ul className="divide-y divide-line">
          {keys.map((key) => (
            <KeyRow key={key.id} apiKey={key} onRevoke={() => setOpen(key)} />
          ))}
        </ul>
      )}
      {open === 'new' ? <NewKeyDialog appUrl={appUrl} onClose={close} onSaved={reload} /> : null}
      {open && open !== 'new' ? <RevokeKeyDialog apiKey={open} onClose={close} onSaved={reload} /> : null}
    </Section>
  );
}
