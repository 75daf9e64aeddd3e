import { z } from 'zod';
import { parseCron } from './cron-schedule.ts';
import { parseKey, parseMatch } from './expression.ts';
import { parseWaitTime } from './time-string.ts';

/** Retries when a function names none. Source: Inngest's default of four retries. */
const DEFAULT_RETRIES = 4;

const ConcurrencySchema = z.strictObject({
  limit: z.int().nonnegative(),
  key: z.string().optional(),
  scope: z.enum(['fn', 'env', 'account']).optional(),
});

/** A function as the SDK registers it (SDK_SPEC 4.3.2), with every field the SDK knows. */
const RegisteredFunctionSchema = z.strictObject({
  id: z.string().min(1),
  name: z.string().optional(),
  triggers: z.array(
    z.union([
      z.strictObject({ event: z.string().min(1), expression: z.string().optional() }),
      z.strictObject({ cron: z.string().min(1), jitter: z.string().optional() }),
    ]),
  ),
  steps: z.strictObject({
    step: z.strictObject({
      id: z.string(),
      name: z.string(),
      runtime: z.strictObject({ type: z.enum(['http', 'ws']), url: z.string() }),
      retries: z.strictObject({ attempts: z.int().min(0).max(20).optional() }).optional(),
    }),
  }),
  concurrency: z.union([z.int(), ConcurrencySchema, z.array(ConcurrencySchema).max(2)]).optional(),
  cancel: z
    .array(z.strictObject({ event: z.string(), if: z.string().optional(), timeout: z.string().optional() }))
    .optional(),
  idempotency: z.unknown().optional(),
  batchEvents: z.unknown().optional(),
  rateLimit: z.unknown().optional(),
  throttle: z.unknown().optional(),
  debounce: z.unknown().optional(),
  priority: z.unknown().optional(),
  timeouts: z.unknown().optional(),
  singleton: z.unknown().optional(),
});

/** The body of a registration; fields that say nothing about the functions are let through. */
export const RegistrationSchema = z.object({
  appName: z.string().optional(),
  app_id: z.string().optional(),
  sdk: z.string(),
  functions: z.array(z.unknown()),
});

/** What the runner keeps of a function it accepted; stored as JSON and parsed again when read. */
export const FunctionConfigSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  crons: z.array(z.string()),
  events: z.array(z.strictObject({ name: z.string(), if: z.string().optional() })),
  retries: z.int().nonnegative(),
  concurrency: z.array(z.strictObject({ limit: z.int().positive(), key: z.string().optional() })),
  cancelOn: z.array(
    z.strictObject({ event: z.string(), if: z.string().optional(), timeout: z.string().optional() }),
  ),
});
export type FunctionConfig = z.infer<typeof FunctionConfigSchema>;

/** A registration asks for something the embedded runner does not do. Nothing of it was accepted. */
export class RegistrationError extends Error {
  override readonly name = 'RegistrationError';
}

const REFUSED_OPTIONS = [
  'idempotency',
  'batchEvents',
  'rateLimit',
  'throttle',
  'debounce',
  'priority',
  'timeouts',
  'singleton',
] as const;

const UNHEARD_EVENTS = ['inngest/function.finished', 'inngest/deferred.schedule', 'inngest/http.request'];

/**
 * Accepts the functions of an app, or none of them. Errors: RegistrationError naming each function and each option
 * that the embedded runner does not support, so that nothing is silently left out.
 */
export function acceptRegistration(body: unknown): FunctionConfig[] {
  const registration = RegistrationSchema.safeParse(body);
  if (!registration.success)
    throw new RegistrationError(`not a registration: ${z.prettifyError(registration.error)}`);
  const complaints: string[] = [];
  const accepted = registration.data.functions.flatMap((raw) => {
    const parsed = RegisteredFunctionSchema.safeParse(raw);
    if (!parsed.success) {
      const id = z.object({ id: z.string() }).safeParse(raw).data?.id ?? 'a function without id';
      complaints.push(`${id}: ${z.prettifyError(parsed.error)}`);
      return [];
    }
    const found = complaintsOf(parsed.data);
    complaints.push(...found.map((complaint) => `${parsed.data.id}: ${complaint}`));
    return found.length > 0 ? [] : [configOf(parsed.data)];
  });
  if (complaints.length > 0) {
    throw new RegistrationError(`the embedded runner refuses these functions:\n${complaints.join('\n')}`);
  }
  return accepted;
}

type Registered = z.infer<typeof RegisteredFunctionSchema>;

function limitsOf(registered: Registered): z.infer<typeof ConcurrencySchema>[] {
  const { concurrency } = registered;
  if (concurrency === undefined) return [];
  if (typeof concurrency === 'number') return [{ limit: concurrency }];
  return Array.isArray(concurrency) ? concurrency : [concurrency];
}

function complaintsOf(registered: Registered): string[] {
  const complaints = REFUSED_OPTIONS.filter((option) => registered[option] !== undefined).map(
    (option) => `the option ${option} is not supported`,
  );
  const attempt = (check: () => unknown) => {
    try {
      check();
    } catch (error) {
      complaints.push(error instanceof Error ? error.message : String(error));
    }
  };
  if (registered.steps.step.runtime.type !== 'http')
    complaints.push('only functions over HTTP are supported');
  for (const trigger of registered.triggers) {
    if ('cron' in trigger) {
      attempt(() => parseCron(trigger.cron));
      if (trigger.jitter !== undefined) complaints.push('the option jitter is not supported');
      continue;
    }
    complaints.push(...eventComplaints(trigger.event));
    attempt(() => trigger.expression !== undefined && parseMatch(trigger.expression));
  }
  for (const limit of limitsOf(registered)) {
    if (limit.scope !== undefined && limit.scope !== 'fn') {
      complaints.push(`concurrency scope ${limit.scope} is not supported`);
    }
    attempt(() => limit.key !== undefined && parseKey(limit.key));
  }
  for (const cancel of registered.cancel ?? []) {
    complaints.push(...eventComplaints(cancel.event));
    attempt(() => cancel.if !== undefined && parseMatch(cancel.if));
    attempt(() => cancel.timeout !== undefined && parseWaitTime(cancel.timeout));
  }
  return complaints;
}

/** Why an event cannot be listened to: patterns, and events that the runner never sends. */
export function eventComplaints(name: string): string[] {
  if (name.includes('*')) return [`the event pattern ${name} is not supported`];
  if (UNHEARD_EVENTS.includes(name)) return [`the embedded runner never sends ${name}`];
  return [];
}

function configOf(registered: Registered): FunctionConfig {
  return {
    id: registered.id,
    name: registered.name ?? registered.id,
    crons: registered.triggers.flatMap((trigger) => ('cron' in trigger ? [trigger.cron] : [])),
    events: registered.triggers.flatMap((trigger) =>
      'event' in trigger
        ? [{ name: trigger.event, ...(trigger.expression === undefined ? {} : { if: trigger.expression }) }]
        : [],
    ),
    retries: registered.steps.step.retries?.attempts ?? DEFAULT_RETRIES,
    // A limit of 0 means no limit (SDK_SPEC 4.3.2).
    concurrency: limitsOf(registered)
      .filter((limit) => limit.limit > 0)
      .map((limit) => ({ limit: limit.limit, ...(limit.key === undefined ? {} : { key: limit.key }) })),
    cancelOn: (registered.cancel ?? []).map((cancel) => ({
      event: cancel.event,
      ...(cancel.if === undefined ? {} : { if: cancel.if }),
      ...(cancel.timeout === undefined ? {} : { timeout: cancel.timeout }),
    })),
  };
}
