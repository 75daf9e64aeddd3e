import { z } from 'zod';
import { IdSchema, LocalizedTextSchema } from './values.schema.ts';

/** What a page of a rollout shows and people sign (DASH-1 … DASH-4). */
export const PanelSchema = z.strictObject({
  label: LocalizedTextSchema,
  /** metrics: a chart with figures; slo: how often each phase met its objectives besides (DASH-4). */
  kind: z.enum(['metrics', 'slo']).default('metrics'),
  /** The metric that is drawn, then those shown as figures beside it. */
  chart: z.array(IdSchema).min(1),
  figures: z.array(IdSchema).default([]),
  channel: IdSchema.optional(),
  /**
   * What must agree before the panel can be signed: each alert of the incidents' log has its file (DASH-2); what was noted
   * when the phase was decided on is what the records say (DASH-3).
   */
  signOffNeeds: z.enum(['incident_log', 'decision_note']).optional(),
});
