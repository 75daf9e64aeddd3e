import { z } from 'zod';
import { IdSchema, TimeOfDaySchema } from './values.schema.ts';

/** Where messages go; the addresses and keys of the services are settings of the environment. */
export const ChannelSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('slack'), channel: z.string().regex(/^#/), url: z.url().optional() }),
  z.strictObject({
    kind: z.literal('pagerduty'),
    service: z.string().min(1),
    severity: z.enum(['P1', 'P2']),
  }),
  z.strictObject({ kind: z.literal('github_issue') }),
]);

/** How people are told (REP-1 … REP-7). */
export const ReportingSchema = z.strictObject({
  language: z.enum(['ja', 'en']),
  /** Who is called by name in urgent messages, as Slack writes it: @oncall or a user group. */
  mention: z.string().min(1),
  /** When a good window is announced: at each, or when it follows one that was not. */
  announceOk: z.enum(['every_window', 'on_change']),
  /** Phases from which on good windows are announced, by rollout. */
  announceOkFrom: z.record(IdSchema, IdSchema),
  /** Told of kill switches and re-arming. */
  stops: z.array(IdSchema),
  /** When the daily report is made, in the policy's time zone. */
  dailyAt: TimeOfDaySchema,
});
