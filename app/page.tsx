import { OverviewScreen } from '#components/overview/overview-screen.tsx';
import { Forbidden } from '#components/state/forbidden.tsx';
import { env } from '#lib/config/server.ts';
import { pageAccess } from './page-access.ts';

export default async function OverviewPage() {
  const access = await pageAccess('/');
  if (!access.mayView) return <Forbidden roles={access.rolesFor('view')} />;
  return <OverviewScreen appUrl={env().appUrl} canMakeKeys={access.may('manage_keys')} />;
}
