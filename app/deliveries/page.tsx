import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { DeliveriesScreen } from '#components/deliveries/deliveries-screen.tsx';
import { Forbidden } from '#components/state/forbidden.tsx';
import { pageAccess } from '../page-access.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('delivery'))('title') };
}

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function DeliveriesPage({ searchParams }: Props) {
  // The filter comes along through a sign-in.
  const chosen = Object.entries(await searchParams).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value]] : [],
  );
  const access = await pageAccess(
    chosen.length > 0 ? `/deliveries?${new URLSearchParams(chosen)}` : '/deliveries',
  );
  if (!access.mayView) return <Forbidden roles={access.rolesFor('view')} />;
  return <DeliveriesScreen />;
}
