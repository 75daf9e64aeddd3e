import type { Gate, Phase, Policy } from '#lib/policy/index.ts';
import type { FlagChange } from './flag-change.schema.ts';
import type { PhaseChangeView } from './phase-change.schema.ts';
import type { PhaseNode, RollbackOffer } from './rollout-view.schema.ts';
import type { Text } from './text.schema.ts';

/** The phases of a rollout in order, with where it stands and how it came there. `changes`: newest first. */
export function phaseTimelineOf(
  policy: Policy,
  rolloutId: string,
  currentPhase: string,
  changes: readonly PhaseChangeView[],
): PhaseNode[] {
  const phases = policy.rollouts[rolloutId]?.phases ?? [];
  const current = phases.findIndex((phase) => phase.id === currentPhase);
  return phases.map((phase, index) => ({
    id: phase.id,
    label: phase.label,
    position: positionOf(index, current),
    audience: phase.audience,
    exposureRatio: phase.exposureRatio,
    flags: phase.flags,
    gates: phase.gates.map(gateRuleOf),
    approvals: phase.approvals.map(({ role, count }) => ({ role: roleLabel(policy, role), count })),
    entered: index <= current ? (changes.find((change) => change.toPhase === phase.id) ?? null) : null,
  }));
}

function positionOf(index: number, current: number): PhaseNode['position'] {
  if (index === current) return 'current';
  if (index < current) return 'past';
  return index === current + 1 ? 'next' : 'later';
}

function gateRuleOf(gate: Gate): PhaseNode['gates'][number] {
  switch (gate.kind) {
    case 'windows_running':
      return { kind: gate.kind, neededWindows: gate.windows };
    case 'met_for':
      return { kind: gate.kind, neededSeconds: gate.durationSeconds };
    case 'no_incident':
      return { kind: gate.kind, severity: gate.severity };
    case 'checklist':
      return { kind: gate.kind, list: gate.list };
    case 'signed_off':
      return { kind: gate.kind, panels: gate.panels, role: gate.role };
  }
}

/** A role's name in the policy; its id where the policy has none. */
export function roleLabel(policy: Policy, role: string): Text {
  return policy.roles[role] ?? { ja: role, en: role };
}

/**
 * What Roll back would do: one phase back (ROL-1), each flag before and after, for whom, and what stands in the way.
 * `mayRollBack`: whether the reader's roles allow it; the server decides again when it is pressed.
 */
export function rollbackOfferOf(input: {
  policy: Policy;
  rolloutId: string;
  current: Phase;
  previous: Phase | null;
  version: number;
  mayRollBack: boolean;
}): RollbackOffer {
  const { policy, rolloutId, current, previous, version, mayRollBack } = input;
  const audienceOf = (phase: Phase) => ({ audience: phase.audience, exposureRatio: phase.exposureRatio });
  return {
    fromPhase: current.id,
    toPhase: previous?.id ?? null,
    fromAudience: audienceOf(current),
    toAudience: previous ? audienceOf(previous) : null,
    flagChanges: previous ? flagChangesOf(policy, rolloutId, current.flags, previous.flags) : [],
    expectedVersion: version,
    blockedBy: previous === null ? 'nothing_behind' : mayRollBack ? null : 'role',
    allowedRoles: (policy.permissions.roll_back ?? []).map((role) => roleLabel(policy, role)),
  };
}

type Flags = Phase['flags'];

/** Every flag of either side, before and after a step, and who else holds it. */
export function flagChangesOf(policy: Policy, rolloutId: string, before: Flags, after: Flags): FlagChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.map((flagKey) => ({
    flagKey,
    before: before[flagKey] ?? null,
    after: after[flagKey] ?? null,
    alsoControlledBy: Object.entries(policy.rollouts)
      .filter(([id, rollout]) => id !== rolloutId && flagKey in rollout.flagDefaults)
      .map(([id]) => id),
  }));
}
