import { z } from 'zod';

/** What a timeline tells of: verdicts, messages, people, commands, and what the machine did. */
export const TIMELINE_KINDS = [
  'opened',
  'reopened',
  'verdict', // it changed
  'message', // told to a channel, or not
  'request', // a step back is required
  'decision', // executed, declined or withdrawn
  'change', // a step of the rollout, back or forward
  'proof', // what is served was read back
  'stop', // kill switch or freeze, pressed
  'pagerduty',
  'step_done',
  'owner',
  'comment',
  'report',
  'rca_shared',
  'closed',
] as const;
export const TimelineEntrySchema = z.strictObject({
  id: z.uuid(),
  at: z.iso.datetime(),
  kind: z.enum(TIMELINE_KINDS),
  actorName: z.string(),
  details: z.record(z.string(), z.json()),
});
export type TimelineEntry = z.infer<typeof TimelineEntrySchema>;

/** What happened, before it is on record; the key comes from what happened, so that it is told once. */
export type NewTimelineEntry = Omit<TimelineEntry, 'id' | 'at'> & { at: Date; dedupKey: string };
