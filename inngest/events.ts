import { eventType } from 'inngest';
import { z } from 'zod';

/** One 15-minute window, or several in a row when they are made up for: [from, to), UTC, aligned. */
const SpanSchema = z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() });
export type WindowSpan = z.infer<typeof SpanSchema>;
const RequestSchema = z.strictObject({ requestedBy: z.string() });

/** Windows have ended and wait to be collected. */
export const windowClosed = eventType('phasegate/window.closed', { schema: SpanSchema });
/** The telemetry of windows has been counted, or late telemetry was added to them (COL-6). */
export const windowCollected = eventType('phasegate/window.collected', { schema: SpanSchema });
/** The verdicts of windows are stored. */
export const windowAnalyzed = eventType('phasegate/window.analyzed', { schema: SpanSchema });

/** Telemetry was counted at `since` or later and may prove something before its window closes (TEL-8). */
export const telemetryArrived = eventType('phasegate/telemetry.arrived', {
  schema: z.strictObject({ since: z.iso.datetime() }),
});

/** Somebody wants the missing windows to be planned now. */
export const cycleRequested = eventType('phasegate/cycle.requested', { schema: RequestSchema });
/** Somebody wants the sources to be read now. */
export const telemetryRefresh = eventType('phasegate/telemetry.refresh', { schema: RequestSchema });
/** Somebody wants the nightly deletion of old rows now. */
export const retentionRequested = eventType('phasegate/retention.requested', { schema: RequestSchema });
/** Somebody wants past windows to be counted for error budgets, and closed months to be kept, now. */
export const budgetsRequested = eventType('phasegate/budgets.requested', { schema: RequestSchema });
/** Somebody wants Phasegate to look after itself now. */
export const watchRequested = eventType('phasegate/watch.requested', { schema: RequestSchema });
/** Somebody wants the conditions of the kill switch to be looked at now. */
export const guardRequested = eventType('phasegate/guard.requested', { schema: RequestSchema });
/** Somebody wants these rollouts to be decided now, or every one. */
export const decisionRequested = eventType('phasegate/decision.requested', {
  schema: RequestSchema.extend({ rollouts: z.array(z.string()).optional() }),
});
/** Somebody wants the report of the day before now. */
export const dailyReportRequested = eventType('phasegate/daily-report.requested', { schema: RequestSchema });
/** Somebody wants deadlines, proofs and watches of rollouts to be looked after now. */
export const tendRequested = eventType('phasegate/tend.requested', { schema: RequestSchema });

/** Somebody wants open incidents to be taken further now. */
export const incidentsRequested = eventType('phasegate/incidents.requested', { schema: RequestSchema });
/** Somebody wants waiting messages to be delivered now. */
export const deliveryRequested = eventType('phasegate/delivery.requested', { schema: RequestSchema });

/** A rollback is required and executes by itself at `dueAt` unless somebody decides before (ROL-3). */
export const rollbackDue = eventType('phasegate/rollback.due', {
  schema: z.strictObject({ dueAt: z.iso.datetime() }),
});
