import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { Forbidden } from '#components/state/forbidden.tsx';
import { StopsScreen } from '#components/stops/stops-screen.tsx';
import { readAttention, readSafetyRecord } from '#lib/dashboard/server.ts';
import { pageAccess } from '../page-access.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('stops'))('pageTitle') };
}

export default async function StopsPage() {
  const access = await pageAccess('/stops');
  if (!access.mayView) return <Forbidden roles={access.rolesFor('view')} />;
  const now = new Date();
  const [attention, record] = await Promise.all([
    readAttention(access.actor, now),
    readSafetyRecord(access.actor, now),
  ]);
  return <StopsScreen attention={attention} record={record} />;
}
