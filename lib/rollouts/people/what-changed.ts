import type { FieldIssue } from '#lib/errors/index.ts';
import type { Decision } from '../decision/decision.schema.ts';

/** What a person was shown when they decided; a part that the request does not carry is not compared. */
export type Shown = { rolloutVersion: number; evidenceHash: string; policyHash?: string | undefined };

/**
 * What is different now from what a person was shown, one line each; empty while nothing is (PHA-3). `recorded`: the
 * decision with the evidence they saw, where one is on record, so that the gates that moved can be named. Pure.
 */
export function whatChanged(shown: Shown, recorded: Decision | null, current: Decision): FieldIssue[] {
  if (shown.rolloutVersion !== current.rolloutVersion)
    return [
      {
        field: 'rolloutVersion',
        message: `you saw version ${shown.rolloutVersion}; it is ${current.rolloutVersion}, in phase ${current.phase}`,
      },
    ];
  const policyHash = shown.policyHash ?? recorded?.policyHash;
  if (policyHash !== undefined && policyHash !== current.policyHash)
    return [{ field: 'policyHash', message: 'another policy is in force' }];
  if (shown.evidenceHash === current.evidenceHash) return [];
  const gates = recorded ? movedGates(recorded, current) : [];
  return gates.length > 0
    ? gates
    : [{ field: 'evidenceHash', message: 'a gate or the run it counts has moved' }];
}

function movedGates(recorded: Decision, current: Decision): FieldIssue[] {
  const before = new Map(recorded.gates.map((gate) => [gate.id, gate]));
  return current.gates
    .filter(({ kind }) => kind !== 'approvals' && kind !== 'not_rejected')
    .flatMap((gate) => {
      const then = before.get(gate.id);
      if (then?.state !== gate.state)
        return [
          { field: gate.id, message: `was ${then?.state ?? 'not there'}, is ${gate.state} (${gate.reason})` },
        ];
      // Of runs and signatures; `since` of the other gates moves with every window.
      const dated = gate.unit === 'windows' || gate.unit === 'seconds' || gate.unit === 'people';
      return dated && then.since !== gate.since
        ? [
            {
              field: gate.id,
              message: `is met since ${gate.since ?? 'no time'}, was since ${then.since ?? 'no time'}`,
            },
          ]
        : [];
    });
}
