import { z } from 'zod';

/** Whom a flag is evaluated for, as OFREP sends it. Attributes that no rule reads are allowed and ignored. */
export const EvaluationContextSchema = z.looseObject({
  targetingKey: z.string().min(1),
  /** The circle a person belongs to, such as `qa`, `dev` or `beta`. */
  cohort: z.string().optional(),
  /** Several circles; the same as `cohort`, for people in more than one. */
  groups: z.array(z.string()).optional(),
});
export type EvaluationContext = z.infer<typeof EvaluationContextSchema>;

export type ContextProblem = {
  errorCode: 'PARSE_ERROR' | 'TARGETING_KEY_MISSING' | 'INVALID_CONTEXT';
  errorDetails: string;
};

// Made once: making a schema costs more than using it a hundred times.
const RequestSchema = z.looseObject({ context: z.unknown().optional() });
const RawContextSchema = z.looseObject({ targetingKey: z.unknown().optional() });

/** Reads the JSON text of an OFREP request; what is wrong with it comes with OFREP's own code. Pure. */
export function parseEvaluationRequest(
  text: string,
): { context: EvaluationContext } | { problem: ContextProblem } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return problem('PARSE_ERROR', 'The body is not valid JSON.');
  }
  const request = RequestSchema.safeParse(json);
  if (!request.success) return problem('PARSE_ERROR', 'The body must be an object with a context.');
  const raw = RawContextSchema.safeParse(request.data.context);
  if (!raw.success || Array.isArray(request.data.context))
    return problem('INVALID_CONTEXT', 'The context must be an object.');
  const { targetingKey } = raw.data;
  if (targetingKey === undefined || targetingKey === null || targetingKey === '')
    return problem('TARGETING_KEY_MISSING', 'The context has no targetingKey.');
  const context = EvaluationContextSchema.safeParse(raw.data);
  if (context.success) return { context: context.data };
  const [issue] = context.error.issues;
  return problem(
    'INVALID_CONTEXT',
    `context.${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`,
  );
}

function problem(errorCode: ContextProblem['errorCode'], errorDetails: string): { problem: ContextProblem } {
  return { problem: { errorCode, errorDetails } };
}
