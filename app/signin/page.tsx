import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { getLocale, getTranslations } from 'next-intl/server';
import { SignInForm } from '#components/identity/sign-in-form.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { env } from '#lib/config/server.ts';
import { isLocale, LOCALES } from '#lib/i18n/index.ts';
import { safeReturnPath } from '#lib/identity/index.ts';
import { currentActor, hasAdministrator, offeredDemoAccounts } from '#lib/identity/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';

type SearchParams = Promise<Record<string, string | string[] | undefined>>;

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('signin'))('title') };
}

export default async function SignInPage({ searchParams }: { searchParams: SearchParams }) {
  const query = await searchParams;
  const returnTo = safeReturnPath(first(query.callbackUrl));
  if (await currentActor()) redirect(returnTo);
  const [t, requested, { policy }] = await Promise.all([
    getTranslations('signin'),
    getLocale(),
    loadPolicy(),
  ]);
  const locale = isLocale(requested) ? requested : LOCALES[0];
  const demoAccounts = offeredDemoAccounts(policy);
  const [anyDemoAccount] = demoAccounts;
  const error = first(query.error);
  return (
    <div className="mx-auto grid max-w-md gap-5 py-4 sm:py-10">
      <div>
        <h1 className="text-2xl font-semibold">{t('title')}</h1>
        <p className="mt-1 text-sm text-ink-2">{t('lead')}</p>
      </div>
      {(await hasAdministrator(policy)) ? null : (
        <Notice tone="info" title={t('noAdminTitle')}>
          {t('noAdminText')}
        </Notice>
      )}
      <SignInForm
        returnTo={returnTo}
        gitHub={env().github !== undefined}
        gitHubError={error === undefined ? null : error === 'AccessDenied' ? 'denied' : 'failed'}
        demo={
          anyDemoAccount
            ? {
                password: anyDemoAccount.password,
                accounts: demoAccounts.map(({ email, name, roles }) => ({
                  email,
                  name,
                  roles: roles.map((role) => policy.roles[role]?.[locale] ?? role),
                })),
              }
            : null
        }
      />
    </div>
  );
}
