import type { Part } from './budget.ts';
import type { NamedSpan } from './period.ts';
import type { SloReport } from './slo-report.schema.ts';

/** Which objective, and what was counted of it under one target. */
export type ObjectivePart = Part & { phase: string; metric: string; basis: 'events' | 'windows' };
/** `day`: position among the days of the period. */
export type DayPart = ObjectivePart & { day: number };
/** `seconds`: length of the window that ends with the period. */
export type BurnPart = ObjectivePart & { seconds: number };
/** `month`: position among the months attainment is told of. */
export type MonthWindows = {
  month: number;
  phase: string;
  metWindows: number;
  toldWindows: number;
  judgedWindows: number;
};

export type Coverage = {
  judgedWindows: number;
  toldWindows: number;
  /** Phases that have any verdict in the period. */
  phases: readonly string[];
  policyVersions: readonly { hash: string; from: Date }[];
};

/** Everything counted of a period. */
export type SloCounts = {
  days: readonly NamedSpan[];
  dayParts: readonly DayPart[];
  /** Of the rolling period only. */
  burnParts: readonly BurnPart[];
  attainmentMonths: readonly NamedSpan[];
  monthWindows: readonly MonthWindows[];
  months: readonly string[];
  coverage: Coverage;
};

/** What people and machines did in a span, as the report shows it. */
export type SloRecord = Pick<SloReport, 'steps' | 'incidents' | 'approvals' | 'signOffs'>;
