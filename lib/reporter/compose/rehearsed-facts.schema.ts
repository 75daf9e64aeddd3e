import { z } from 'zod';
import { MetricVerdictSchema } from '#lib/analyzer/index.ts';
import { IncidentSchema } from '#lib/incidents/incident.schema.ts';
import type { Policy } from '#lib/policy/index.ts';
import { PhaseChangeSchema } from '#lib/rollouts/rollout.schema.ts';
import type { MessageFacts } from './message-facts.ts';

const at = z.iso.datetime();

/** What the messages of a rehearsal are made of (ROL-8), as it is stored: nothing of it is so. */
export const RehearsedFactsSchema = z.strictObject({
  rolloutId: z.string(),
  phase: z.string(),
  verdict: z.strictObject({ windowStart: at, windowEnd: at, metrics: z.array(MetricVerdictSchema) }),
  /** Number 0: no real incident has it. */
  incident: IncidentSchema.extend({ number: z.literal(0) }),
  request: z
    .strictObject({ toPhase: z.string().nullable(), mode: z.string(), dueAt: at.nullable() })
    .nullable(),
  change: PhaseChangeSchema.nullable(),
  nextCanaryAt: at.nullable(),
  watchUntil: at.nullable(),
});
export type RehearsedFacts = z.infer<typeof RehearsedFactsSchema>;

const date = (text: string | null): Date | null => (text === null ? null : new Date(text));

/** The facts of a rehearsal as any message's are. Pure. */
export function factsOfRehearsal(
  facts: RehearsedFacts,
  at: { policy: Policy; appUrl: string; createdAt: Date },
): MessageFacts {
  const { verdict, request } = facts;
  return {
    rehearsal: true,
    ...at,
    locale: at.policy.reporting.language,
    rolloutId: facts.rolloutId,
    phase: facts.phase,
    verdict: {
      windowStart: new Date(verdict.windowStart),
      windowEnd: new Date(verdict.windowEnd),
      metrics: verdict.metrics,
    },
    change: facts.change,
    approvers: [],
    served: null,
    incident: facts.incident,
    request: request && { ...request, dueAt: date(request.dueAt) },
    stop: null,
    decision: null,
    nextCanaryAt: date(facts.nextCanaryAt),
    watchUntil: date(facts.watchUntil),
    step: null,
    stepDueAt: null,
    rca: null,
    delay: null,
  };
}
