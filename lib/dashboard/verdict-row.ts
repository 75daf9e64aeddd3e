import { MetricVerdictSchema, VerdictKindSchema } from '#lib/analyzer/index.ts';
import type { VerdictRow } from './verdict-list.schema.ts';

/** A verdict as it lies in the database. */
export type StoredVerdictRow = Omit<
  VerdictRow,
  'windowStart' | 'windowEnd' | 'createdAt' | 'verdict' | 'metrics'
> & {
  windowStart: Date;
  windowEnd: Date;
  createdAt: Date;
  verdict: string;
  metrics: unknown;
};

/** A stored verdict as pages and the API show it. Pure. Errors: ZodError when what is stored is none. */
export function verdictRow(row: StoredVerdictRow): VerdictRow {
  return {
    id: row.id,
    phase: row.phase,
    windowStart: row.windowStart.toISOString(),
    windowEnd: row.windowEnd.toISOString(),
    revision: row.revision,
    verdict: VerdictKindSchema.parse(row.verdict),
    sloMet: row.sloMet,
    rollbackRequired: row.rollbackRequired,
    rollbackTo: row.rollbackTo,
    policyHash: row.policyHash,
    createdAt: row.createdAt.toISOString(),
    metrics: MetricVerdictSchema.array().parse(row.metrics),
  };
}
