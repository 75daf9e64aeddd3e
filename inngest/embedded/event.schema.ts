import { z } from 'zod';

/** An event as clients send it. Unknown fields are refused, so that nothing a sender relies on is dropped. */
export const IncomingEventSchema = z.strictObject({
  id: z.string().trim().min(1).max(512).nullish(),
  name: z.string().trim().min(1).max(256),
  data: z.record(z.string(), z.json()).nullish(),
  ts: z.number().int().nonnegative().nullish(),
  user: z.record(z.string(), z.json()).nullish(),
  v: z.string().nullish(),
  meta: z.record(z.string(), z.json()).nullish(),
});

/** One event or several, as `POST /e/:key` takes them. */
export const IncomingEventsSchema = z.union([
  IncomingEventSchema.transform((event) => [event]),
  z.array(IncomingEventSchema).max(5000),
]);

/** An event as it is stored and handed to functions. `ts`: milliseconds since 1970. */
export const RunnerEventSchema = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1),
  data: z.record(z.string(), z.json()),
  ts: z.number().int(),
  user: z.record(z.string(), z.json()).optional(),
  v: z.string().optional(),
  meta: z.record(z.string(), z.json()).optional(),
});
export type RunnerEvent = z.infer<typeof RunnerEventSchema>;

/** Completes an event: an id when the sender gave none, empty data, the time of arrival. */
export function acceptEvent(
  incoming: z.infer<typeof IncomingEventSchema>,
  fallbackId: string,
  now: Date,
): RunnerEvent {
  return {
    id: incoming.id ?? fallbackId,
    name: incoming.name,
    data: incoming.data ?? {},
    ts: incoming.ts ?? now.getTime(),
    ...(incoming.user ? { user: incoming.user } : {}),
    ...(incoming.v ? { v: incoming.v } : {}),
    ...(incoming.meta ? { meta: incoming.meta } : {}),
  };
}

/** Names the engine itself uses; a client may not send them. */
export const INTERNAL_EVENTS = {
  failed: 'inngest/function.failed',
  invoked: 'inngest/function.invoked',
  cancelled: 'inngest/function.cancelled',
  timer: 'inngest/scheduled.timer',
} as const;
