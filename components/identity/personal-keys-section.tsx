'use client';

import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import type { ApiKeySummary } from '#lib/identity/index.ts';
import { revokeOwnKey } from '#lib/queries/index.ts';
import { NewKeyDialog, RevokeKeyDialog } from './key-dialogs.tsx';
import { KeysList } from './keys-list.tsx';
import { useHydrated } from './use-hydrated.ts';

type PersonalKeysProps = { keys: readonly ApiKeySummary[]; longestDays: number; appUrl: string };

/** The keys that act as whoever reads this. */
export function PersonalKeysSection({ keys, longestDays, appUrl }: PersonalKeysProps) {
  const t = useTranslations('account');
  const router = useRouter();
  const hydrated = useHydrated();
  const reload = () => router.refresh();
  return (
    <KeysList
      id="personal-keys"
      keys={keys}
      words={{
        title: t('keys'),
        about: t('keysText'),
        add: t('addKey'),
        none: t('noKeys'),
        noneText: t('noKeysText'),
      }}
      disabled={!hydrated}
      newDialog={(close) => (
        <NewKeyDialog personal={{ longestDays }} appUrl={appUrl} onClose={close} onSaved={reload} />
      )}
      revokeDialog={(key, close) => (
        <RevokeKeyDialog apiKey={key} revoke={revokeOwnKey} onClose={close} onSaved={reload} />
      )}
    />
  );
}
