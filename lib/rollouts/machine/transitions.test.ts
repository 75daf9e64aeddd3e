import { describe, expect, it } from 'vitest';
import { LIVE_STATES, type LiveState, type RolloutState } from '../rollout.schema.ts';
import { ROLLOUT_EVENTS, type RolloutEvent, transition } from './transitions.ts';

/**
 * What is expected, written without the table: for each event the states it is legal in, where it leads, where the phase
 * goes, and whether what is served may change. A `!` behind an event: legal behind a pressed kill switch, too.
 */
const EXPECTED = `
  start             preparing                                                          running            stay     serves
  gates_met         running                                                            awaiting_approval  stay     -
  gates_lost        awaiting_approval                                                  running            stay     -
  promote           awaiting_approval                                                  promoting          forward  serves
  promotion_proven! promoting                                                          running            stay     -
  complete          awaiting_approval                                                  completed          stay     -
  roll_back!        running,awaiting_approval,promoting,rolling_back,watching,awaiting_canary,completed  rolling_back  back  serves
  rollback_proven!  rolling_back                                                       watching           stay     -
  recovered         watching                                                           awaiting_canary    stay     serves
  restart           awaiting_canary                                                    running            restart  serves
`;

type Row = { from: string[]; to: string; move: string; serving: boolean; whileHalted: boolean };
const rows = new Map<string, Row>(
  EXPECTED.trim()
    .split('\n')
    .map((line) => {
      const [event = '', from = '', to = '', move = '', serves] = line.trim().split(/\s+/);
      return [
        event.replace('!', ''),
        { from: from.split(','), to, move, serving: serves === 'serves', whileHalted: event.endsWith('!') },
      ];
    }),
);

function expected(state: RolloutState, resumeState: LiveState | null, event: RolloutEvent) {
  const place = { move: 'stay', serving: false };
  if (state !== 'halted') {
    if (event === 'kill') return { ...place, state: 'halted', resumeState: state };
    const row = rows.get(event);
    return row?.from.includes(state)
      ? { state: row.to, resumeState: null, move: row.move, serving: row.serving }
      : null;
  }
  if (resumeState === null) return null;
  if (event === 'rearm') return { ...place, state: resumeState, resumeState: null };
  const row = rows.get(event);
  return row?.whileHalted && row.from.includes(resumeState)
    ? { state: 'halted', resumeState: row.to, move: row.move, serving: row.serving }
    : null;
}

const STATES: readonly RolloutState[] = [...LIVE_STATES, 'halted'];
const PRODUCT = STATES.flatMap((state) =>
  [...LIVE_STATES, null].flatMap((resumeState) =>
    ROLLOUT_EVENTS.map((event) => [state, resumeState, event] as const),
  ),
);

describe('the phase machine', () => {
  it('is walked in full: nine states, nine resume states, twelve events', () => {
    expect(PRODUCT).toHaveLength(9 * 9 * 12);
    expect([...rows.keys(), 'kill', 'rearm'].sort()).toEqual([...ROLLOUT_EVENTS].sort());
  });

  it.each(STATES)(
    'does from %s what is expected and nothing else, for every event [ROL-1] [PHA-3]',
    (state) => {
      for (const [from, resumeState, event] of PRODUCT) {
        if (from !== state) continue;
        expect([from, resumeState, event, transition({ state: from, resumeState }, event)]).toEqual([
          from,
          resumeState,
          event,
          expected(from, resumeState, event),
        ]);
      }
    },
  );

  it('never promotes or restarts behind a pressed kill switch, and always lets people step back [ROL-1]', () => {
    for (const resumeState of LIVE_STATES) {
      const place = { state: 'halted', resumeState } as const;
      for (const event of ['promote', 'complete', 'restart', 'start', 'gates_met', 'recovered'] as const)
        expect(transition(place, event)).toBeNull();
      expect(transition(place, 'roll_back') !== null).toBe(resumeState !== 'preparing');
      expect(transition(place, 'rearm')).toMatchObject({ state: resumeState, move: 'stay', serving: false });
    }
  });

  it('can always be halted, and comes back to where it was', () => {
    for (const state of LIVE_STATES) {
      const halted = transition({ state, resumeState: null }, 'kill');
      expect(halted && transition(halted, 'rearm')).toMatchObject({ state, resumeState: null });
      expect(halted && transition(halted, 'kill')).toBeNull();
    }
  });

  it('has a way from every state to every other', () => {
    const reach = new Set<RolloutState>(['preparing']);
    for (let grown = true; grown; ) {
      grown = false;
      for (const [state, resumeState, event] of PRODUCT) {
        const next = reach.has(state) ? transition({ state, resumeState }, event) : null;
        if (next && !reach.has(next.state)) {
          reach.add(next.state);
          grown = true;
        }
      }
    }
    expect([...reach].sort()).toEqual([...STATES].sort());
  });
});
