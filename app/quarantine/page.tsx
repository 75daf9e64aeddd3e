import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { QuarantineScreen } from '#components/quarantine/quarantine-screen.tsx';
import { Forbidden } from '#components/state/forbidden.tsx';
import { pageAccess } from '../page-access.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('quarantine'))('title') };
}

export default async function QuarantinePage() {
  const access = await pageAccess('/quarantine');
  if (!access.mayView) return <Forbidden roles={access.rolesFor('view')} />;
  return (
    <QuarantineScreen
      mayResolve={access.may('resolve_quarantine')}
      resolverRoles={access.rolesFor('resolve_quarantine')}
    />
  );
}
