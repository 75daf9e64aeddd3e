import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { InboxScreen } from '#components/inbox/inbox-screen.tsx';
import { Forbidden } from '#components/state/forbidden.tsx';
import { readAttention, readSafetyRecord } from '#lib/dashboard/server.ts';
import { pageAccess } from '../page-access.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('inbox'))('title') };
}

export default async function InboxPage() {
  const access = await pageAccess('/inbox');
  if (!access.mayView) return <Forbidden roles={access.rolesFor('view')} />;
  const now = new Date();
  const [attention, record] = await Promise.all([
    readAttention(access.actor, now),
    readSafetyRecord(access.actor, now),
  ]);
  return <InboxScreen attention={attention} record={record} />;
}
