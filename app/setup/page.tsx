import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { SetupClosed, SetupForm } from '#components/identity/setup-form.tsx';
import { buttonClass } from '#components/ui/button.tsx';
import { isSetupTokenValid } from '#lib/identity/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';

type SearchParams = Promise<Record<string, string | string[] | undefined>>;

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('setup'))('title') };
}

export default async function SetupPage({ searchParams }: { searchParams: SearchParams }) {
  const [t, { token }, { policy }] = await Promise.all([
    getTranslations('setup'),
    searchParams,
    loadPolicy(),
  ]);
  const open = typeof token === 'string' && (await isSetupTokenValid(token, policy, new Date()));
  return (
    <div className="mx-auto grid max-w-md gap-5 py-4 sm:py-10">
      <div>
        <h1 className="text-2xl font-semibold">{t('title')}</h1>
        <p className="mt-1 text-sm text-ink-2">{t('lead')}</p>
      </div>
      {open ? (
        <SetupForm token={token} />
      ) : (
        <SetupClosed signInHref="/signin" className={buttonClass({ tone: 'primary' })} />
      )}
    </div>
  );
}
