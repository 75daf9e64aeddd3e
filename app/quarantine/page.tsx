import { dehydrate, HydrationBoundary, QueryClient } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { quarantineFilterOf } from '#components/quarantine/quarantine-filter.ts';
import { QuarantineScreen } from '#components/quarantine/quarantine-screen.tsx';
import { Forbidden } from '#components/state/forbidden.tsx';
import { QuarantineQuerySchema } from '#lib/collector/index.ts';
import { listQuarantine } from '#lib/collector/server.ts';
import { quarantineQuery } from '#lib/queries/index.ts';
import { askedAddress, type SearchParams } from '../asked-address.ts';
import { pageAccess } from '../page-access.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('quarantine'))('title') };
}

export default async function QuarantinePage({ searchParams }: { searchParams: SearchParams }) {
  const { address, asked } = await askedAddress('/quarantine', searchParams);
  const access = await pageAccess(address);
  if (!access.mayView) return <Forbidden roles={access.rolesFor('view')} />;
  const { state, reason } = quarantineFilterOf(asked);
  // The list comes with its page, so that nothing moves. When it cannot be read the browser asks once more, and tells.
  const known = new QueryClient();
  await known.prefetchInfiniteQuery({
    ...quarantineQuery(state, reason),
    queryFn: () =>
      listQuarantine(
        QuarantineQuerySchema.parse({
          ...(state === 'all' ? {} : { state }),
          ...(reason === '' ? {} : { reason }),
        }),
      ),
  });
  return (
    <HydrationBoundary state={dehydrate(known)}>
      <QuarantineScreen
        mayResolve={access.may('resolve_quarantine')}
        resolverRoles={access.rolesFor('resolve_quarantine')}
      />
    </HydrationBoundary>
  );
}
