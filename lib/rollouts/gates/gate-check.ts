import type { GateCheck, GateKind, GateReason } from '../decision/decision.schema.ts';

type Rest = Partial<Omit<GateCheck, 'id' | 'kind' | 'state' | 'reason'>>;

const EMPTY = { now: null, needed: null, unit: null, since: null, earliestAt: null, detail: {} } as const;

/** A gate that is met. `id` defaults to its kind. */
export function met(kind: GateKind, rest: Rest & { id?: string } = {}): GateCheck {
  return { ...EMPTY, id: kind, kind, state: 'met', reason: 'met', ...rest };
}

/** A gate that is not met, or of which it cannot be told. */
export function notMet(
  kind: GateKind,
  reason: Exclude<GateReason, 'met'>,
  rest: Rest & { id?: string; state?: 'unmet' | 'unknown' } = {},
): GateCheck {
  return { ...EMPTY, id: kind, kind, state: 'unmet', reason, ...rest };
}
