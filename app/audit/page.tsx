import { dehydrate, HydrationBoundary, QueryClient } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { getTimeZone, getTranslations } from 'next-intl/server';
import { apiFilterOf, chosenOf } from '#components/audit/audit-filter.ts';
import { AuditScreen } from '#components/audit/audit-screen.tsx';
import { Forbidden } from '#components/state/forbidden.tsx';
import { readAuditView } from '#lib/dashboard/server.ts';
import { AuditQuerySchema } from '#lib/evidence/index.ts';
import { chooseZone } from '#lib/i18n/index.ts';
import { auditQuery } from '#lib/queries/index.ts';
import { askedAddress, type SearchParams } from '../asked-address.ts';
import { pageAccess } from '../page-access.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('audit'))('title') };
}

/** Who did what, when and why; what it is narrowed down to stands in the address (OPS-22). */
export default async function AuditPage({ searchParams }: { searchParams: SearchParams }) {
  const { address, asked } = await askedAddress('/audit', searchParams);
  const access = await pageAccess(address);
  if (!access.mayView) return <Forbidden roles={access.rolesFor('view')} />;
  const filter = apiFilterOf(chosenOf(asked), chooseZone(await getTimeZone()));
  // The list comes with its page, so that nothing moves. When it cannot be read the browser asks once more, and tells.
  const known = new QueryClient();
  await known.prefetchInfiniteQuery({
    ...auditQuery(filter),
    queryFn: () => readAuditView(AuditQuerySchema.parse(filter)),
  });
  return (
    <HydrationBoundary state={dehydrate(known)}>
      <AuditScreen />
    </HydrationBoundary>
  );
}
