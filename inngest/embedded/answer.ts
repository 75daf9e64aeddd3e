import { z } from 'zod';
import { retryAfterMs } from './backoff.ts';

/** An error as the SDK serialises it. */
export const StepErrorSchema = z.looseObject({
  name: z.string().default('Error'),
  message: z.string().default('no message'),
  stack: z.string().optional(),
});
export type StepError = { name: string; message: string; stack?: string };

/** One operation of a 206 answer. */
export const OperationSchema = z.looseObject({
  id: z.string().min(1),
  op: z.string().min(1),
  name: z.string().nullish(),
  displayName: z.string().nullish(),
  opts: z.record(z.string(), z.unknown()).nullish(),
  data: z.unknown().optional(),
  error: z.unknown().optional(),
});
export type Operation = z.infer<typeof OperationSchema>;

/** What a call of the app came to. */
export type CallOutcome =
  | { kind: 'completed'; output: unknown }
  | { kind: 'operations'; operations: Operation[]; retriable: boolean; retryAfterMs: number | undefined }
  | { kind: 'rejected'; error: StepError; retriable: boolean; retryAfterMs: number | undefined }
  /** The app never saw the call; it does not count as an attempt. */
  | { kind: 'unreachable'; error: StepError };

export type HttpAnswer = {
  status: number;
  headers: Readonly<Record<string, string | undefined>>;
  body: string;
  signed: boolean;
};

const ErrorBodySchema = z.looseObject({
  name: z.string().optional(),
  message: z.string().optional(),
  error: z.string().optional(),
  stack: z.string().optional(),
});

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: text === '' ? null : JSON.parse(text) };
  } catch {
    return undefined; // the caller reports an answer it cannot read
  }
}

/** A failure in the shape that the SDK and the database keep. The stack is left out when there is none. */
export function stepError(name: string, message: string, stack?: string): StepError {
  return { name, message, ...(stack === undefined ? {} : { stack }) };
}

/** Reads whatever the SDK put into `error`. */
export function readStepError(value: unknown): StepError {
  const parsed = StepErrorSchema.safeParse(value ?? {});
  return parsed.success
    ? stepError(parsed.data.name, parsed.data.message, parsed.data.stack)
    : stepError('Error', String(value));
}

/**
 * Reads the app's answer to a call request. Source: SDK_SPEC 4.4.3 and 5.1.1. An answer to a success without our key's
 * signature is not from our app, and what it says is not believed.
 */
export function readAnswer(answer: HttpAnswer, now: Date): CallOutcome {
  const body = parseJson(answer.body);
  const after = retryAfterMs(answer.headers['retry-after'], now);
  const noRetry = answer.headers['x-inngest-no-retry'] === 'true';
  const rejected = (name: string, message: string, stack?: string): CallOutcome => ({
    kind: 'rejected',
    error: stepError(name, message, stack),
    retriable: !noRetry,
    retryAfterMs: after,
  });
  if (answer.status === 200 || answer.status === 206) {
    if (!answer.signed) return rejected('AnswerError', 'the answer is not signed with INNGEST_SIGNING_KEY');
    if (body === undefined) return rejected('AnswerError', `HTTP ${answer.status} without JSON`);
    if (answer.status === 200) return { kind: 'completed', output: body.value };
    const operations = z.array(OperationSchema).min(1).safeParse(body.value);
    if (!operations.success)
      return rejected('AnswerError', `unreadable operations: ${z.prettifyError(operations.error)}`);
    return { kind: 'operations', operations: operations.data, retriable: !noRetry, retryAfterMs: after };
  }
  const error = ErrorBodySchema.safeParse(body?.value).data;
  const message = error?.message ?? error?.error ?? `the app answered HTTP ${answer.status}`;
  return rejected(error?.name ?? `HTTP ${answer.status}`, message, error?.stack);
}
