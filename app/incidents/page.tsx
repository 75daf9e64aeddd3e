import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { IncidentsScreen } from '#components/incidents/incidents-screen.tsx';
import { Forbidden } from '#components/state/forbidden.tsx';
import { readSafetyRecord } from '#lib/dashboard/server.ts';
import { pageAccess } from '../page-access.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('incidents'))('title') };
}

export default async function IncidentsPage() {
  const access = await pageAccess('/incidents');
  if (!access.mayView) return <Forbidden roles={access.rolesFor('view')} />;
  return <IncidentsScreen record={await readSafetyRecord(access.actor, new Date())} />;
}
