import { hash } from 'node:crypto';
import type { GateCheck } from './decision.schema.ts';

/**
 * What approvers sign (PHA-3): this rollout in this phase and version, this policy, every gate and how it stands, and when
 * the run of met windows began. One more good window changes nothing; a run that broke, a gate that fell or another
 * policy does, and the signature is void.
 */
export function evidenceHash(evidence: {
  rolloutId: string;
  phase: string;
  rolloutVersion: number;
  policyHash: string;
  gates: readonly GateCheck[];
}): string {
  const { rolloutId, phase, rolloutVersion, policyHash, gates } = evidence;
  const signed = gates.map(({ id, state, unit, since }) => [
    id,
    state,
    // Of runs only: `since` of other gates moves with every window.
    unit === 'windows' || unit === 'seconds' ? since : null,
  ]);
  return hash('sha256', JSON.stringify([rolloutId, phase, rolloutVersion, policyHash, signed]), 'hex');
}
