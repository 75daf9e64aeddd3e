import type { LiveState, RolloutState } from '../rollout.schema.ts';

/** What can happen to a rollout. `gates_*` come from decisions, `*_proven` from reading back what is served. */
export const ROLLOUT_EVENTS = [
  'start',
  'gates_met',
  'gates_lost',
  'promote',
  'promotion_proven',
  'complete',
  'roll_back',
  'rollback_proven',
  'recovered',
  'restart',
  'kill',
  'rearm',
] as const;
export type RolloutEvent = (typeof ROLLOUT_EVENTS)[number];

/** Where the phase goes: nowhere, one step on, one step back (never two, ROL-1), or to where the climb begins again. */
export type PhaseMove = 'stay' | 'forward' | 'back' | 'restart';

type Step = { to: LiveState; move: PhaseMove };
type Table = Record<Exclude<RolloutEvent, 'kill' | 'rearm'>, Partial<Record<LiveState, Step>>>;

const stay = (to: LiveState): Step => ({ to, move: 'stay' });
const back: Step = { to: 'rolling_back', move: 'back' };

/**
 * The phase machine (architecture decision 5): every transition there is. What is not listed is refused.
 * A step back is legal wherever a feature may be on; the kill switch is legal everywhere (see {@link transition}).
 */
export const TRANSITIONS: Readonly<Table> = {
  start: { preparing: { to: 'running', move: 'stay' } },
  gates_met: { running: stay('awaiting_approval') },
  gates_lost: { awaiting_approval: stay('running') },
  promote: { awaiting_approval: { to: 'promoting', move: 'forward' } },
  promotion_proven: { promoting: stay('running') },
  complete: { awaiting_approval: stay('completed') },
  roll_back: {
    running: back,
    awaiting_approval: back,
    promoting: back,
    rolling_back: back,
    watching: back,
    awaiting_canary: back,
    completed: back,
  },
  rollback_proven: { rolling_back: stay('watching') },
  recovered: { watching: stay('awaiting_canary') },
  restart: { awaiting_canary: { to: 'running', move: 'restart' } },
};

/** Events that change what clients are served; each raises the rollout's version (and so the flags' tag). */
const SERVING: ReadonlySet<RolloutEvent> = new Set(['start', 'promote', 'roll_back', 'recovered', 'restart']);

/** What may happen behind a pressed kill switch: people stepping back, and the proof of what is served already. */
const LEGAL_WHILE_HALTED: ReadonlySet<RolloutEvent> = new Set([
  'roll_back',
  'rollback_proven',
  'promotion_proven',
]);

export type MachinePlace = { state: RolloutState; resumeState: LiveState | null };
export type Transition = MachinePlace & { move: PhaseMove; serving: boolean };

/**
 * The one place where a rollout's next state comes from; null: the event is not legal there. Pure.
 * `kill` keeps what to resume; while halted, legal events move what is resumed and the rollout stays halted.
 */
export function transition(place: MachinePlace, event: RolloutEvent): Transition | null {
  if (place.state === 'halted') return whileHalted(place.resumeState, event);
  if (event === 'kill') return { state: 'halted', resumeState: place.state, move: 'stay', serving: false };
  if (event === 'rearm') return null;
  const step = TRANSITIONS[event][place.state];
  return step ? { state: step.to, resumeState: null, move: step.move, serving: SERVING.has(event) } : null;
}

function whileHalted(resumeState: LiveState | null, event: RolloutEvent): Transition | null {
  if (resumeState === null || event === 'kill') return null;
  if (event === 'rearm') return { state: resumeState, resumeState: null, move: 'stay', serving: false };
  if (!LEGAL_WHILE_HALTED.has(event)) return null;
  const behind = transition({ state: resumeState, resumeState: null }, event);
  if (!behind || behind.state === 'halted') return null;
  return { state: 'halted', resumeState: behind.state, move: behind.move, serving: behind.serving };
}
