import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { AuditScreen } from '#components/audit/audit-screen.tsx';
import { Forbidden } from '#components/state/forbidden.tsx';
import { pageAccess } from '../page-access.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('audit'))('title') };
}

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Who did what, when and why; what it is narrowed down to stands in the address (OPS-22). */
export default async function AuditPage({ searchParams }: Props) {
  // The filter comes along through a sign-in.
  const chosen = Object.entries(await searchParams).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value]] : [],
  );
  const access = await pageAccess(chosen.length > 0 ? `/audit?${new URLSearchParams(chosen)}` : '/audit');
  if (!access.mayView) return <Forbidden roles={access.rolesFor('view')} />;
  return <AuditScreen />;
}
