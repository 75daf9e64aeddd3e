import { dehydrate, HydrationBoundary, QueryClient } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { JobsScreen } from '#components/jobs/jobs-screen.tsx';
import { Forbidden } from '#components/state/forbidden.tsx';
import { jobCatalogue } from '#inngest/catalogue.ts';
import { JobListQuerySchema } from '#lib/dashboard/index.ts';
import { readJobs } from '#lib/dashboard/server.ts';
import { jobsQuery } from '#lib/queries/index.ts';
import { pageAccess } from '../page-access.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('jobs'))('title') };
}

export default async function JobsPage() {
  const access = await pageAccess('/jobs');
  if (!access.mayView) return <Forbidden roles={access.rolesFor('view')} />;
  // The lists come with their page, so that nothing moves. When they cannot be read the browser asks once more, and tells.
  const known = new QueryClient();
  await known.prefetchQuery({
    ...jobsQuery(),
    queryFn: () => readJobs(jobCatalogue, JobListQuerySchema.parse({}), new Date()),
  });
  return (
    <HydrationBoundary state={dehydrate(known)}>
      <JobsScreen
        mayRun={access.may('run_job')}
        mayCancel={access.may('cancel_job')}
        runnerRoles={access.rolesFor('run_job')}
      />
    </HydrationBoundary>
  );
}
