import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { BugListSchema, BugOutcomeSchema, type ReportBug } from '#lib/bugs/bug.schema.ts';
import { fetchJson, postJson } from './fetch-json.ts';
import { queryKeys } from './keys.ts';

/** The newest bugs that people reported of a rollout (TEL-9). */
export const bugsQuery = (rolloutId: string) =>
  queryOptions({
    queryKey: queryKeys.bugs(rolloutId),
    queryFn: ({ signal }) =>
      fetchJson(BugListSchema, `/api/v1/bugs?limit=5&rollout=${encodeURIComponent(rolloutId)}`, { signal }),
  });

/** Reports a bug; the same key again is the same report (TEL-9). Errors: RequestFailed. */
export function reportBug(report: Omit<ReportBug, 'dryRun'>) {
  return postJson(BugOutcomeSchema, '/api/v1/bugs', report);
}

const RehearsedSchema = z.object({
  decision: z.string(),
  path: z.string(),
  rollback: z.object({ outcome: z.string(), from: z.string().optional(), to: z.string().optional() }),
  late: z.array(z.string()),
  messages: z.array(
    z.object({ kind: z.string(), channel: z.string(), text: z.string(), problem: z.string().nullable() }),
  ),
});
export type Rehearsed = z.infer<typeof RehearsedSchema>;

/** Plays a breach that changes nothing real (ROL-8). Errors: RequestFailed; 409 while something real is going on. */
export function rehearse(rolloutId: string): Promise<Rehearsed> {
  return postJson(RehearsedSchema, `/api/v1/rollouts/${encodeURIComponent(rolloutId)}/rehearsals`, {});
}
