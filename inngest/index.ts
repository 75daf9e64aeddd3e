import { advanceOpenIncidents } from './functions/advance-incidents.ts';
import { analyzeWindows } from './functions/analyze-windows.ts';
import { applyRetention } from './functions/apply-retention.ts';
import { collectWindows } from './functions/collect-windows.ts';
import { cycleTick } from './functions/cycle-tick.ts';
import { dailyReport } from './functions/daily-report.ts';
import { decideRollouts } from './functions/decide-rollouts.ts';
import { deliverMessages } from './functions/deliver-messages.ts';
import { fastLane } from './functions/fast-lane.ts';
import { guardAutomation } from './functions/guard-automation.ts';
import { keepBudgets } from './functions/keep-budgets.ts';
import { refreshTelemetry } from './functions/refresh-telemetry.ts';
import { reportWindows } from './functions/report-windows.ts';
import { tendRollouts } from './functions/tend-rollouts.ts';
import { watchdog } from './functions/watchdog.ts';

/** Every function of Phasegate, in the order the data travels. */
export const functions = [
  cycleTick,
  collectWindows,
  analyzeWindows,
  decideRollouts,
  tendRollouts,
  reportWindows,
  advanceOpenIncidents,
  deliverMessages,
  refreshTelemetry,
  fastLane,
  watchdog,
  guardAutomation,
  dailyReport,
  keepBudgets,
  applyRetention,
];
