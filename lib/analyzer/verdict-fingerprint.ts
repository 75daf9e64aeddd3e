import { createHash } from 'node:crypto';
import type { PhaseVerdict } from './verdict.schema.ts';

/**
 * SHA-256 over everything a verdict was concluded from and concluded, but for the policy's version. The judge is pure,
 * so equal fingerprints mean that late events, if there were any, changed no number that anybody sees.
 */
export function verdictFingerprint(verdict: PhaseVerdict): string {
  const { policy_version: _, ...content } = verdict;
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
