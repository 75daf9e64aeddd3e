import { z } from 'zod';
import { type CallOutcome, type Operation, readStepError, type StepError, stepError } from './answer.ts';
import { type BackoffSettings, backoffMs } from './backoff.ts';
import { parseMatch } from './expression.ts';
import { isSupportedOp, refusalOf } from './opcodes.ts';
import { eventComplaints } from './registration.ts';
import { isStorableJson } from './storable-json.ts';
import { parseWaitTime, type WaitTime } from './time-string.ts';

type Named = { stepId: string; name: string; op: string };

/** What becomes of one step. */
export type StepChange =
  | (Named & { kind: 'completed'; data: unknown })
  | (Named & { kind: 'failed'; error: StepError })
  | (Named & { kind: 'planned' })
  | (Named & { kind: 'retry'; attempt: number; afterMs: number; error: StepError })
  | (Named & { kind: 'sleeping'; until: WaitTime })
  | (Named & { kind: 'waiting'; event: string; if: string | null; until: WaitTime | null })
  | (Named & { kind: 'invoking'; functionId: string; data: Record<string, unknown>; until: WaitTime | null });

/** What becomes of the run: it is called again when a step ends, or now, or it ends. */
export type RunChange =
  | { kind: 'wait' }
  | { kind: 'again'; attempt: number; afterMs: number; error: StepError | null }
  | { kind: 'complete'; output: unknown }
  | { kind: 'fail'; error: StepError };

export type Transition = {
  steps: StepChange[];
  run: RunChange;
  /** Several steps are open at once from here on. */
  parallel: boolean;
};

/** The call an outcome belongs to. `stepId` null: the run was called to find its next steps. */
export type Call = {
  runId: string;
  stepId: string | null;
  stepName: string;
  attempt: number;
  maxAttempts: number;
};

export type TransitionSettings = { backoff: BackoffSettings; unreachableMs: number };

const InvokeOptionsSchema = z.looseObject({
  function_id: z.string().min(1),
  payload: z.looseObject({ data: z.record(z.string(), z.unknown()).nullish() }).nullish(),
  timeout: z.string().nullish(),
});
const WaitOptionsSchema = z.looseObject({
  event: z.string().nullish(),
  timeout: z.string().nullish(),
  if: z.string().nullish(),
});
const SleepOptionsSchema = z.looseObject({ duration: z.string().nullish() });

const PROTOCOL = 'EmbeddedRunnerError';

/**
 * Decides what an answer of the app changes. Pure. A step that fails is retried by itself and, when its attempts are
 * used up, its error is handed to the function, which may catch it. An error outside a step retries the whole call.
 * An app that could not be reached costs no attempt. Anything the runner does not support fails the run by name.
 */
export function transitionOf(call: Call, outcome: CallOutcome, settings: TransitionSettings): Transition {
  switch (outcome.kind) {
    case 'unreachable':
      return again(call, call.attempt, settings.unreachableMs, outcome.error);
    case 'rejected':
      return retryOrFail(call, outcome.error, outcome.retriable, outcome.retryAfterMs, settings);
    case 'completed':
      return storable(outcome.output) ?? ended({ kind: 'complete', output: outcome.output });
    case 'operations':
      return afterOperations(call, outcome, settings);
  }
}

function ended(run: RunChange): Transition {
  return { steps: [], run, parallel: false };
}

function refused(message: string): Transition {
  return ended({ kind: 'fail', error: stepError(PROTOCOL, message) });
}

function storable(value: unknown): Transition | undefined {
  return isStorableJson(value)
    ? undefined
    : refused('the output holds U+0000 or half a surrogate pair, which cannot be stored');
}

function again(call: Call, attempt: number, afterMs: number, error: StepError): Transition {
  if (call.stepId === null) return ended({ kind: 'again', attempt, afterMs, error });
  const step: StepChange = {
    kind: 'retry',
    stepId: call.stepId,
    name: call.stepName,
    op: 'StepPlanned',
    attempt,
    afterMs,
    error,
  };
  return { steps: [step], run: { kind: 'wait' }, parallel: false };
}

function retryOrFail(
  call: Call,
  error: StepError,
  retriable: boolean,
  retryAfterMs: number | undefined,
  settings: TransitionSettings,
): Transition {
  const attempt = call.attempt + 1;
  if (!retriable || attempt >= call.maxAttempts) return ended({ kind: 'fail', error });
  return again(call, attempt, retryAfterMs ?? backoffMs(attempt, call.runId, settings.backoff), error);
}

function afterOperations(
  call: Call,
  outcome: Extract<CallOutcome, { kind: 'operations' }>,
  settings: TransitionSettings,
): Transition {
  const unsupported = outcome.operations.find(({ op }) => !isSupportedOp(op));
  if (unsupported) return refused(refusalOf(unsupported.op));
  const unstorable = outcome.operations
    .map((operation) => storable(operation))
    .find((found) => found !== undefined);
  if (unstorable) return unstorable;
  const complete = outcome.operations.find(({ op }) => op === 'RunComplete');
  const steps: StepChange[] = [];
  for (const operation of outcome.operations) {
    if (operation.op === 'RunComplete') continue;
    const change = changeOf(call, operation, outcome, settings);
    if ('refusal' in change) return refused(change.refusal);
    steps.push(change);
  }
  if (call.stepId !== null && !complete && !steps.some((step) => step.stepId === call.stepId)) {
    const error = stepError(
      PROTOCOL,
      `the app was asked to run step ${call.stepName} and answered with others`,
    );
    return retryOrFail(call, error, true, undefined, settings);
  }
  if (complete) return { steps, run: { kind: 'complete', output: complete.data ?? null }, parallel: false };
  const open = steps.filter((step) => step.kind !== 'completed' && step.kind !== 'failed');
  return { steps, run: { kind: 'wait' }, parallel: open.length > 1 };
}

function changeOf(
  call: Call,
  operation: Operation,
  outcome: { retriable: boolean; retryAfterMs: number | undefined },
  settings: TransitionSettings,
): StepChange | { refusal: string } {
  const named = {
    stepId: operation.id,
    name: operation.displayName ?? operation.name ?? operation.id,
    op: operation.op,
  };
  switch (operation.op) {
    case 'StepRun':
      return { ...named, kind: 'completed', data: operation.data ?? null };
    case 'StepFailed':
      return { ...named, kind: 'failed', error: readStepError(operation.error) };
    case 'StepError': {
      const error = readStepError(operation.error);
      const attempt = call.attempt + 1;
      if (!outcome.retriable || attempt >= call.maxAttempts) return { ...named, kind: 'failed', error };
      const afterMs = outcome.retryAfterMs ?? backoffMs(attempt, call.runId + operation.id, settings.backoff);
      return { ...named, kind: 'retry', attempt, afterMs, error };
    }
    case 'StepPlanned':
      return { ...named, kind: 'planned' };
    case 'Sleep':
      return sleepOf(named, operation);
    case 'WaitForEvent':
      return waitOf(named, operation);
    case 'InvokeFunction':
      return invokeOf(named, operation);
    default:
      return { refusal: refusalOf(operation.op) };
  }
}

function waitTime(text: string | null | undefined): WaitTime | null {
  return text === null || text === undefined || text === '' ? null : parseWaitTime(text);
}

/** Turns what a parser complains about into a refusal of the operation. */
function guarded(operation: Operation, make: () => StepChange): StepChange | { refusal: string } {
  try {
    return make();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { refusal: `operation ${operation.op} (${operation.displayName ?? operation.id}): ${why}` };
  }
}

function sleepOf(named: Named, operation: Operation): StepChange | { refusal: string } {
  return guarded(operation, () => {
    const options = SleepOptionsSchema.parse(operation.opts ?? {});
    return { ...named, kind: 'sleeping', until: parseWaitTime(options.duration ?? operation.name ?? '') };
  });
}

function waitOf(named: Named, operation: Operation): StepChange | { refusal: string } {
  return guarded(operation, () => {
    const options = WaitOptionsSchema.parse(operation.opts ?? {});
    const event = options.event ?? operation.name;
    if (!event) throw new RangeError('it names no event');
    const complaint = eventComplaints(event)[0];
    if (complaint !== undefined) throw new RangeError(complaint);
    if (options.if) parseMatch(options.if);
    return { ...named, kind: 'waiting', event, if: options.if ?? null, until: waitTime(options.timeout) };
  });
}

function invokeOf(named: Named, operation: Operation): StepChange | { refusal: string } {
  return guarded(operation, () => {
    const options = InvokeOptionsSchema.parse(operation.opts ?? {});
    return {
      ...named,
      kind: 'invoking',
      functionId: options.function_id,
      data: options.payload?.data ?? {},
      until: waitTime(options.timeout),
    };
  });
}
