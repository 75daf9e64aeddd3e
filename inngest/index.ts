import { analyzeWindowFunction } from './functions/analyze-window.ts';
import { collectWindowFunction } from './functions/collect-window.ts';
import { cycleTick } from './functions/cycle-tick.ts';
import { refreshTelemetry } from './functions/refresh-telemetry.ts';
import { reportWindowFunction } from './functions/report-window.ts';
import { watchdog } from './functions/watchdog.ts';

/** Every function of Phasegate, in the order the data travels. */
export const functions = [
  cycleTick,
  collectWindowFunction,
  analyzeWindowFunction,
  reportWindowFunction,
  refreshTelemetry,
  watchdog,
];
