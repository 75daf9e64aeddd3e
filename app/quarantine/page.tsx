import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { QuarantineScreen } from '#components/quarantine/quarantine-screen.tsx';
import { Forbidden } from '#components/state/forbidden.tsx';
import { pageAccess } from '../page-access.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('quarantine'))('title') };
}

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function QuarantinePage({ searchParams }: Props) {
  // The filter comes along through a sign-in.
  const chosen = Object.entries(await searchParams).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value]] : [],
  );
  const access = await pageAccess(
    chosen.length > 0 ? `/quarantine?${new URLSearchParams(chosen)}` : '/quarantine',
  );
  if (!access.mayView) return <Forbidden roles={access.rolesFor('view')} />;
  return (
    <QuarantineScreen
      mayResolve={access.may('resolve_quarantine')}
      resolverRoles={access.rolesFor('resolve_quarantine')}
    />
  );
}
