import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { z } from 'zod';
import { IncidentScreen } from '#components/incident/incident-screen.tsx';
import { Forbidden } from '#components/state/forbidden.tsx';
import { readIncidentPage } from '#lib/dashboard/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { pageAccess } from '../../page-access.ts';

type Props = { params: Promise<{ incident: string }> };

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('incidentPage'))('title') };
}

export default async function IncidentDetailPage({ params }: Props) {
  const { incident } = await params;
  const access = await pageAccess(`/incidents/${encodeURIComponent(incident)}`);
  if (!access.mayView) return <Forbidden roles={access.rolesFor('view')} />;
  const id = z.uuid().safeParse(incident);
  if (!id.success) notFound();
  const page = await readIncidentPage(id.data, access.actor, new Date()).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
    throw error;
  });
  if (!page) notFound();
  return <IncidentScreen key={id.data} initial={page} />;
}
