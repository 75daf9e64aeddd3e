import { route } from '#lib/http/server.ts';
import { PolicyDiffQuerySchema } from '#lib/policy/index.ts';
import { diffPolicyVersions } from '#lib/policy/server.ts';

/** GET /api/v1/policy/diff?from=…&to=…: what differs between two versions, by meaning and by line (PHA-6). */
export const GET = route({
  auth: 'person',
  query: PolicyDiffQuerySchema,
  run: ({ query, now }) => diffPolicyVersions(query, now),
});
