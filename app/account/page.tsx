import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { PasswordForm } from '#components/identity/password-form.tsx';
import { PersonalKeysSection } from '#components/identity/personal-keys-section.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { env } from '#lib/config/server.ts';
import { listPersonalKeys, longestLifeDays, passwordHolder } from '#lib/identity/server.ts';
import { pageAccess } from '../page-access.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('account'))('title') };
}

export default async function AccountPage() {
  const { actor, policy } = await pageAccess('/account');
  const [t, account, keys] = await Promise.all([
    getTranslations('account'),
    passwordHolder(actor.id),
    listPersonalKeys(actor),
  ]);
  if (account === null) notFound();
  return (
    <div className="mx-auto grid max-w-3xl gap-6 py-4 sm:py-8">
      <div>
        <h1 className="text-2xl font-semibold">{t('title')}</h1>
        <p className="mt-1 text-sm text-ink-2">{t('lead', { email: account.email })}</p>
      </div>
      {account.holder === 'nobody' ? null : (
        <section aria-labelledby="password" className="grid gap-3">
          <h2 id="password" className="text-base font-semibold">
            {t('password')}
          </h2>
          {account.holder === 'demo' ? (
            <Notice tone="info" title={t('demoTitle')}>
              {t('demoText')}
            </Notice>
          ) : (
            <div className="max-w-md">
              <PasswordForm email={account.email} />
            </div>
          )}
        </section>
      )}
      <PersonalKeysSection keys={keys} longestDays={longestLifeDays(policy)} appUrl={env().appUrl} />
    </div>
  );
}
