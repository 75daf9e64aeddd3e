import { route } from '#lib/http/server.ts';
import { listPolicyVersions } from '#lib/policy/server.ts';

/** GET /api/v1/policy/versions: every time another version came into force, and whose change it was, newest first (PHA-6). */
export const GET = route({ auth: 'person', run: ({ now }) => listPolicyVersions(now) });
