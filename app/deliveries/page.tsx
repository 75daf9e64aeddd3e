import { dehydrate, HydrationBoundary, QueryClient } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { DeliveriesScreen } from '#components/deliveries/deliveries-screen.tsx';
import { deliveryFilterOf } from '#components/deliveries/delivery-filter.ts';
import { Forbidden } from '#components/state/forbidden.tsx';
import { DeliveryQuerySchema } from '#lib/dashboard/index.ts';
import { readDeliveries } from '#lib/dashboard/server.ts';
import { deliveriesQuery } from '#lib/queries/index.ts';
import { askedAddress, type SearchParams } from '../asked-address.ts';
import { pageAccess } from '../page-access.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('delivery'))('title') };
}

export default async function DeliveriesPage({ searchParams }: { searchParams: SearchParams }) {
  const { address, asked } = await askedAddress('/deliveries', searchParams);
  const access = await pageAccess(address);
  if (!access.mayView) return <Forbidden roles={access.rolesFor('view')} />;
  const filter = deliveryFilterOf(asked);
  // The list comes with its page, so that nothing moves. When it cannot be read the browser asks once more, and tells.
  const known = new QueryClient();
  await known.prefetchInfiniteQuery({
    ...deliveriesQuery(filter),
    queryFn: () => readDeliveries(DeliveryQuerySchema.parse(filter), access.actor, new Date()),
  });
  return (
    <HydrationBoundary state={dehydrate(known)}>
      <DeliveriesScreen />
    </HydrationBoundary>
  );
}
