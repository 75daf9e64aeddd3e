import { readOverview } from '#lib/dashboard/server.ts';
import { route } from '#lib/http/server.ts';

export const dynamic = 'force-dynamic';

export const GET = route({ auth: 'person', run: ({ now }) => readOverview(now) });
