import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { PasswordForm } from '#components/identity/password-form.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { passwordHolder } from '#lib/identity/server.ts';
import { pageAccess } from '../page-access.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('account'))('title') };
}

export default async function AccountPage() {
  const { actor } = await pageAccess('/account');
  const [t, account] = await Promise.all([getTranslations('account'), passwordHolder(actor.id)]);
  if (account === null || account.holder === 'nobody') notFound();
  return (
    <div className="mx-auto grid max-w-md gap-5 py-4 sm:py-10">
      <div>
        <h1 className="text-2xl font-semibold">{t('title')}</h1>
        <p className="mt-1 text-sm text-ink-2">{t('lead', { email: account.email })}</p>
      </div>
      {account.holder === 'demo' ? (
        <Notice tone="info" title={t('demoTitle')}>
          {t('demoText')}
        </Notice>
      ) : (
        <PasswordForm email={account.email} />
      )}
    </div>
  );
}
