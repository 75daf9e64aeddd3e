import { checkAuditChain } from '#lib/evidence/server.ts';
import { answerLines, route } from '#lib/http/server.ts';

/**
 * GET /api/v1/audit/verify: recomputes every hash of the trail (OPS-22). Asked for `application/x-ndjson` it says on lines of
 * its own how far it has come; the last line is the result, which otherwise is all of the answer.
 */
export const GET = route({
  auth: 'person',
  rateLimit: 'auditChecks',
  run: async ({ request, now }) =>
    request.headers.get('accept') === 'application/x-ndjson'
      ? answerLines((say) => checkAuditChain(now, say))
      : checkAuditChain(now),
});
