import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { PolicyReferenceSchema } from '#lib/policy/index.ts';
import { readPolicyVersion } from '#lib/policy/server.ts';

/** GET /api/v1/policy/versions/{hash}: the text of a version and each time it came into force; the beginning of a hash will do (PHA-6). */
export const GET = route({
  auth: 'person',
  params: z.strictObject({ hash: PolicyReferenceSchema }),
  run: ({ params, now }) => readPolicyVersion(params.hash, now),
});
