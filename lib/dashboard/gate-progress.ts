import { type Streak, streakOf } from '#lib/analyzer/index.ts';
import type { Gate } from '#lib/policy/index.ts';
import type { VerdictGlance } from './headline.ts';
import type { GateProgress } from './rollout-view.schema.ts';

/** The longest history, in windows, that any of these gates looks at. */
export function windowsForGates(gates: readonly Gate[], windowSeconds: number): number {
  return gates.reduce((most, gate) => {
    if (gate.kind === 'windows_running') return Math.max(most, gate.windows);
    if (gate.kind === 'met_for') return Math.max(most, Math.ceil(gate.durationSeconds / windowSeconds));
    return most;
  }, 0);
}

/** How far each gate of the phase has come (PHA-3, PHA-4); never more than it needs. */
export function gateProgressOf(input: {
  gates: readonly Gate[];
  verdicts: readonly VerdictGlance[];
  phaseEnteredAt: Date;
  windowSeconds: number;
}): GateProgress[] {
  const streak = streakOf(input.verdicts, {
    windowSeconds: input.windowSeconds,
    from: input.phaseEnteredAt,
  });
  return input.gates.map((gate) => progressOf(gate, streak));
}

function progressOf(gate: Gate, streak: Streak): GateProgress {
  switch (gate.kind) {
    case 'windows_running':
      return {
        kind: gate.kind,
        metWindows: Math.min(streak.windows, gate.windows),
        neededWindows: gate.windows,
      };
    case 'met_for':
      return {
        kind: gate.kind,
        metSeconds: Math.min(streak.metSeconds, gate.durationSeconds),
        neededSeconds: gate.durationSeconds,
      };
    case 'no_incident':
      return { kind: gate.kind, severity: gate.severity };
    case 'checklist':
      return { kind: gate.kind, list: gate.list };
    case 'signed_off':
      return { kind: gate.kind, panels: gate.panels, role: gate.role };
  }
}
