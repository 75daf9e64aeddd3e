export type {
  CycleOrigin,
  CycleStage,
  PlannedCycle,
} from './cycles.ts';
export type { CollectorHealth } from './health.ts';
export { type HttpBatchAnswer, HttpBatchAnswerSchema } from './http-batch.schema.ts';
export {
  type MonitoringFile,
  MonitoringFileError,
  type MonitoringHeader,
  parseMonitoringFile,
} from './monitoring-file.ts';
export {
  type Quarantined,
  type QuarantineList,
  QuarantinePathSchema,
  type QuarantineQuery,
  QuarantineQuerySchema,
  type QuarantineState,
  ReplayRequestSchema,
} from './quarantine.schema.ts';
export { breachLines, latencyLines, SimulationError, type SimulationTarget } from './simulate.ts';
