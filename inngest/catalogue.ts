import type { JobCatalogueEntry } from '#lib/dashboard/server.ts';
import { inngest } from './client.ts';
import {
  budgetsRequested,
  cycleRequested,
  dailyReportRequested,
  decisionRequested,
  deliveryRequested,
  guardRequested,
  incidentsRequested,
  retentionRequested,
  telemetryArrived,
  telemetryRefresh,
  tendRequested,
  type WindowSpan,
  watchRequested,
  windowAnalyzed,
  windowClosed,
  windowCollected,
} from './events.ts';
import { functions } from './index.ts';

/** Who asks for a run by hand, and which window had closed last by then. */
export type ManualRequest = { requestedBy: string; newestWindow: WindowSpan; requestId: string };

type Event =
  | ReturnType<(typeof windowClosed)['create']>
  | ReturnType<(typeof windowCollected)['create']>
  | ReturnType<(typeof windowAnalyzed)['create']>
  | ReturnType<(typeof cycleRequested)['create']>
  | ReturnType<(typeof telemetryRefresh)['create']>
  | ReturnType<(typeof telemetryArrived)['create']>
  | ReturnType<(typeof watchRequested)['create']>
  | ReturnType<(typeof dailyReportRequested)['create']>
  | ReturnType<(typeof budgetsRequested)['create']>
  | ReturnType<(typeof retentionRequested)['create']>
  | ReturnType<(typeof guardRequested)['create']>
  | ReturnType<(typeof decisionRequested)['create']>
  | ReturnType<(typeof deliveryRequested)['create']>
  | ReturnType<(typeof incidentsRequested)['create']>
  | ReturnType<(typeof tendRequested)['create']>;

const ofWindow =
  (type: typeof windowClosed | typeof windowCollected | typeof windowAnalyzed) =>
  ({ newestWindow, requestId }: ManualRequest): Event =>
    type.create(newestWindow, { id: `manual:${requestId}` });

const ofRequest =
  (
    type:
      | typeof cycleRequested
      | typeof telemetryRefresh
      | typeof watchRequested
      | typeof dailyReportRequested
      | typeof budgetsRequested
      | typeof retentionRequested
      | typeof guardRequested
      | typeof decisionRequested
      | typeof deliveryRequested
      | typeof incidentsRequested
      | typeof tendRequested,
  ) =>
  ({ requestedBy, requestId }: ManualRequest): Event =>
    type.create({ requestedBy }, { id: `manual:${requestId}` });

/** The event that starts each function by hand; functions of a window take the newest closed one. */
const MANUAL = new Map<string, (request: ManualRequest) => Event>([
  ['cycle-tick', ofRequest(cycleRequested)],
  ['collect-window', ofWindow(windowClosed)],
  ['analyze-window', ofWindow(windowCollected)],
  ['decide-rollouts', ofRequest(decisionRequested)],
  ['deliver-messages', ofRequest(deliveryRequested)],
  ['tend-rollouts', ofRequest(tendRequested)],
  ['advance-incidents', ofRequest(incidentsRequested)],
  ['report-window', ofWindow(windowAnalyzed)],
  ['refresh-telemetry', ofRequest(telemetryRefresh)],
  [
    'fast-lane',
    ({ newestWindow, requestId }) =>
      telemetryArrived.create({ since: newestWindow.to }, { id: `manual:${requestId}` }),
  ],
  ['watchdog', ofRequest(watchRequested)],
  ['guard-automation', ofRequest(guardRequested)],
  ['daily-report', ofRequest(dailyReportRequested)],
  ['keep-budgets', ofRequest(budgetsRequested)],
  ['apply-retention', ofRequest(retentionRequested)],
]);

/** The functions for people to see, under the ids the engines know them by. */
export const jobCatalogue: readonly JobCatalogueEntry[] = functions.map((fn) => ({
  id: fn.id(inngest.id),
  name: fn.name,
  triggers: (fn.opts.triggers ?? []).map((trigger) =>
    'cron' in trigger && trigger.cron
      ? { kind: 'cron', value: trigger.cron }
      : { kind: 'event', value: eventNameOf(trigger) },
  ),
}));

function eventNameOf(trigger: { event?: unknown }): string {
  const { event } = trigger;
  return typeof event === 'string' ? event : String(Reflect.get(Object(event), 'name'));
}

/** The manual event of a function, by its engine id; undefined when there is no such function. */
export function manualEventOf(functionId: string, request: ManualRequest): Event | undefined {
  const prefix = `${inngest.id}-`;
  return functionId.startsWith(prefix) ? MANUAL.get(functionId.slice(prefix.length))?.(request) : undefined;
}
