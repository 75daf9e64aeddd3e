import { z } from 'zod';

/** What was counted of one event in one window, by phase, dimensions and tag set. */
export const WindowCountSchema = z.strictObject({
  phase: z.string(),
  event: z.string(),
  /** '' counts towards verdicts; else why not (TEL-11). */
  tagSet: z.string(),
  dims: z.record(z.string(), z.union([z.string(), z.boolean()])),
  count: z.int().nonnegative(),
});
export type WindowCount = z.infer<typeof WindowCountSchema>;

/** A batch whose events lie wholly or partly in the window: where its lines came from and what became of them (COL-2). */
export const WindowBatchSchema = z.strictObject({
  id: z.uuid(),
  sourceKind: z.enum(['file', 'http', 'internal']),
  sourceName: z.string(),
  state: z.enum(['received', 'counted']),
  startOffset: z.int().nonnegative(),
  endOffset: z.int().nonnegative(),
  firstLine: z.int(),
  lineCount: z.int().nonnegative(),
  eventCount: z.int().nonnegative(),
  excludedCount: z.int().nonnegative(),
  lateCount: z.int().nonnegative(),
  quarantinedCount: z.int().nonnegative(),
  sha256: z.string(),
  receivedAt: z.iso.datetime(),
  countedAt: z.iso.datetime().nullable(),
  minTs: z.iso.datetime(),
  maxTs: z.iso.datetime(),
});
export type WindowBatch = z.infer<typeof WindowBatchSchema>;

/** Why the lines of a batch could not be read again, or not all of them. */
export const UNREAD_REASONS = [
  'internal', // Phasegate's own lines are counted, not kept
  'payload_gone', // kept for as long as retention.payloads says
  'file_gone', // not on this machine, or not any more
  'file_changed', // another content than the one that was counted
  'unreadable',
  'too_large', // packed, and too large to be unpacked for a look
  'byte_limit',
  'time_limit',
] as const;

export const BatchReadSchema = z.strictObject({
  batchId: z.uuid(),
  outcome: z.enum(['whole', 'part', 'not_read']),
  reason: z.enum(UNREAD_REASONS).nullable(),
  readBytes: z.int().nonnegative(),
  byteCount: z.int().nonnegative(),
  /** Events of the rollout in this window that count towards verdicts. */
  events: z.int().nonnegative(),
});
export type BatchRead = z.infer<typeof BatchReadSchema>;

/** One line as it was sent. */
export const WindowEventSchema = z.strictObject({
  batchId: z.uuid(),
  sourceName: z.string(),
  lineNumber: z.int(),
  ts: z.iso.datetime(),
  event: z.string(),
  phase: z.string(),
  /** What it measured, in the unit of its field. */
  field: z.string().nullable(),
  value: z.number().nullable(),
  /** The metrics it counts against. */
  against: z.array(z.string()),
  raw: z.string(),
  rawTruncated: z.boolean(),
});
export type WindowEvent = z.infer<typeof WindowEventSchema>;

/** The slowest and the failing events of a window, read again from where they came from, as far as that is possible. */
export const WindowEventsSchema = z.strictObject({
  windowStart: z.iso.datetime(),
  slowest: z.array(WindowEventSchema),
  failing: z.array(WindowEventSchema),
  /** All of them that were seen; the list has the first. */
  failingCount: z.int().nonnegative(),
  reads: z.array(BatchReadSchema),
  /** More batches lie in the window than were looked at. */
  batchesLeftOut: z.boolean(),
  limitBytes: z.int().positive(),
  limitSeconds: z.number().positive(),
});
export type WindowEvents = z.infer<typeof WindowEventsSchema>;
