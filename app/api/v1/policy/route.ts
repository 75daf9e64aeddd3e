import { route } from '#lib/http/server.ts';
import { readPolicyInForce } from '#lib/policy/server.ts';

/** GET /api/v1/policy: the policy in force as it is understood, since when and by whom, and what is wrong with the files (PHA-6). */
export const GET = route({ auth: 'person', run: ({ now }) => readPolicyInForce(now) });
