import { createHash } from 'node:crypto';
import { canonicalJson } from '#lib/evidence/index.ts';
import type { SloReport } from './slo-report.schema.ts';

/** What a report is besides its facts: when and where it was made, and what else may be chosen. */
const NO_FACTS = ['contentSha256', 'generatedAt', 'months', 'snapshot'] as const;

/** A report's facts. */
export type SloContent = Omit<SloReport, (typeof NO_FACTS)[number]>;

/** SHA-256 of a report's facts as canonical JSON (RFC 8785): equal facts have equal hashes. Pure. */
export function contentSha256(report: SloContent | SloReport): string {
  const content = Object.fromEntries(
    Object.entries(report).filter(([name]) => !NO_FACTS.some((other) => other === name)),
  );
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}
