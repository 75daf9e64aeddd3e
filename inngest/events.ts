import { eventType } from 'inngest';
import { z } from 'zod';

const WindowSchema = z.strictObject({ windowStart: z.iso.datetime() });
const RequestSchema = z.strictObject({ requestedBy: z.string() });

/** A 15-minute window has ended and waits to be collected. */
export const windowClosed = eventType('phasegate/window.closed', { schema: WindowSchema });
/** The telemetry of a window has been counted, or late telemetry was added to it (COL-6). */
export const windowCollected = eventType('phasegate/window.collected', { schema: WindowSchema });
/** The verdicts of a window are stored. */
export const windowAnalyzed = eventType('phasegate/window.analyzed', { schema: WindowSchema });

/** Somebody wants the missing windows to be planned now. */
export const cycleRequested = eventType('phasegate/cycle.requested', { schema: RequestSchema });
/** Somebody wants the sources to be read now. */
export const telemetryRefresh = eventType('phasegate/telemetry.refresh', { schema: RequestSchema });
/** Somebody wants Phasegate to look after itself now. */
export const watchRequested = eventType('phasegate/watch.requested', { schema: RequestSchema });
