'use client';

import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import type { ApiKeySummary } from '#lib/identity/index.ts';
import { NewKeyDialog, RevokeKeyDialog } from './key-dialogs.tsx';
import { KeysList } from './keys-list.tsx';

/** Every API key. */
export function KeysSection({ keys, appUrl }: { keys: readonly ApiKeySummary[]; appUrl: string }) {
  const t = useTranslations('admin');
  const router = useRouter();
  const reload = () => router.refresh();
  return (
    <KeysList
      id="keys"
      keys={keys}
      words={{ title: t('keys'), add: t('addKey'), none: t('noKeys'), noneText: t('noKeysText') }}
      newDialog={(close) => <NewKeyDialog appUrl={appUrl} onClose={close} onSaved={reload} />}
      revokeDialog={(key, close) => <RevokeKeyDialog apiKey={key} onClose={close} onSaved={reload} />}
    />
  );
}
