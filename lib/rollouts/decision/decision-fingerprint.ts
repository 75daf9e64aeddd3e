import { hash } from 'node:crypto';
import type { Decision, GateCheck } from './decision.schema.ts';

/** What moves with every window or minute and changes nothing about why a rollout is held. */
const MOVING: ReadonlySet<string> = new Set(['age_seconds', 'reset_at']);

/**
 * What makes a decision another one than the last (architecture decision 5): what is decided, and why. Counts of windows,
 * ages and forecasts are left out, so that a rollout that waits writes one row and not one a minute. While people are
 * asked, the evidence belongs to it: what they sign must be on record.
 */
export function decisionFingerprint(decision: Decision): string {
  const { decision: kind, phase, state, rolloutVersion, policyHash, rollback, evidenceHash } = decision;
  const asks = kind === 'await_approval' || kind === 'promote' || kind === 'complete';
  return hash(
    'sha256',
    JSON.stringify([
      [kind, phase, state, rolloutVersion, policyHash, asks ? evidenceHash : null],
      rollback && [rollback.cause, rollback.toPhase, rollback.metrics],
      decision.gates.map(stands),
    ]),
    'hex',
  );
}

function stands({ id, state, reason, now, needed, unit, detail }: GateCheck) {
  const counts = unit === 'windows' || unit === 'seconds';
  return [
    id,
    state,
    reason,
    counts ? null : now,
    needed,
    Object.entries(detail)
      .filter(([name]) => !MOVING.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
}
