import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { JobsScreen } from '#components/jobs/jobs-screen.tsx';
import { Forbidden } from '#components/state/forbidden.tsx';
import { pageAccess } from '../page-access.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('jobs'))('title') };
}

export default async function JobsPage() {
  const access = await pageAccess('/jobs');
  if (!access.mayView) return <Forbidden roles={access.rolesFor('view')} />;
  return (
    <JobsScreen
      mayRun={access.may('run_job')}
      mayCancel={access.may('cancel_job')}
      runnerRoles={access.rolesFor('run_job')}
    />
  );
}
