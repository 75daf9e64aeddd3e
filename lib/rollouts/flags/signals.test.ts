import { describe, expect, it } from 'vitest';
import { transition } from '../machine/transitions.ts';
import { LIVE_STATES } from '../rollout.schema.ts';
import { policy } from './example.fixture.ts';
import { evaluateSignal, raisesSignals, type Standing } from './signals.ts';

const standing = (rolloutId: string, raised: boolean): Standing => ({ rolloutId, phase: 'A-1', raised });
const lock = (...standings: Standing[]) => evaluateSignal({ policy, standings, key: 'autosave.lock' });

describe('the lock', () => {
  it.each([
    [false, false, 'writable', 'autosave-merge'],
    [true, false, 'readonly', 'autosave-merge'],
    [false, true, 'readonly', 'autosave'],
    [true, true, 'readonly', 'autosave-merge'],
  ])('raised by merge %s, by exposure %s, is %s, said by %s [ROL-4]', (merge, exposure, value, rolloutId) => {
    expect(lock(standing('autosave-merge', merge), standing('autosave', exposure))).toEqual({
      key: 'autosave.lock',
      value,
      variant: value,
      reason: 'STATIC',
      rolloutId,
      phase: 'A-1',
    });
  });

  it('is not raised before any rollout was started, and only known names are signals', () => {
    expect(lock()).toMatchObject({ value: 'writable', phase: null });
    for (const key of ['autosave.enabled', 'toString', '__proto__', ''])
      expect(evaluateSignal({ policy, standings: [], key })).toBeNull();
  });
});

describe('a rollout raises its signals', () => {
  it.each(LIVE_STATES.map((state) => [state, state === 'rolling_back' || state === 'watching'] as const))(
    'while %s: %s, also behind a kill switch [ROL-4]',
    (state, raised) => {
      expect(raisesSignals({ state, resumeState: null })).toBe(raised);
      const killed = transition({ state, resumeState: null }, 'kill');
      expect(killed && raisesSignals(killed)).toBe(raised);
    },
  );

  it('and lowers them only in steps that raise the version, so that no client misses it [ROL-4]', () => {
    for (const state of LIVE_STATES)
      for (const event of [
        'start',
        'promote',
        'roll_back',
        'rollback_proven',
        'recovered',
        'restart',
      ] as const) {
        const next = transition({ state, resumeState: null }, event);
        if (next && raisesSignals(next) !== raisesSignals({ state, resumeState: null }))
          expect([event, next.serving]).toEqual([event, true]);
      }
  });
});
