import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { DeliveriesScreen } from '#components/deliveries/deliveries-screen.tsx';
import { Forbidden } from '#components/state/forbidden.tsx';
import { pageAccess } from '../page-access.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('delivery'))('title') };
}

export default async function DeliveriesPage() {
  const access = await pageAccess('/deliveries');
  if (!access.mayView) return <Forbidden roles={access.rolesFor('view')} />;
  return <DeliveriesScreen />;
}
