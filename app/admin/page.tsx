import type { Metadata } from 'next';
import { getLocale, getTranslations } from 'next-intl/server';
import { KeysSection } from '#components/identity/keys-section.tsx';
import { PeopleSection } from '#components/identity/people-section.tsx';
import { Forbidden } from '#components/state/forbidden.tsx';
import { env } from '#lib/config/server.ts';
import { isLocale, LOCALES } from '#lib/i18n/index.ts';
import { listApiKeys, listUsers } from '#lib/identity/server.ts';
import { pageAccess } from '../page-access.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('admin'))('title') };
}

export default async function AdminPage() {
  const access = await pageAccess('/admin');
  const mayPeople = access.may('manage_users');
  const mayKeys = access.may('manage_keys');
  if (!mayPeople && !mayKeys)
    return <Forbidden permission="manage_users" roles={access.rolesFor('manage_users')} />;
  const [t, requested, users, keys] = await Promise.all([
    getTranslations('admin'),
    getLocale(),
    mayPeople ? listUsers() : [],
    mayKeys ? listApiKeys() : [],
  ]);
  const locale = isLocale(requested) ? requested : LOCALES[0];
  const roles = Object.entries(access.policy.roles).map(([id, label]) => ({ id, label: label[locale] }));
  return (
    <div className="grid gap-6">
      <div>
        <h1 className="text-2xl font-semibold">{t('title')}</h1>
        <p className="mt-1 text-sm text-ink-2">{t('lead')}</p>
      </div>
      {mayPeople ? <PeopleSection users={users} roles={roles} ownId={access.actor.id} /> : null}
      {mayKeys ? <KeysSection keys={keys} appUrl={env().appUrl} /> : null}
    </div>
  );
}
