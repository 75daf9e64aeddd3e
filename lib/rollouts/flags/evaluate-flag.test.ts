import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { servedSettings } from '../flag-settings.ts';
import { evaluateFlag, type FlagState } from './evaluate-flag.ts';
import type { EvaluationContext } from './evaluation-context.ts';
import { policy, statesIn } from './example.fixture.ts';
import { exposurePosition } from './exposure.ts';

const FLAG = 'autosave.enabled';
const evaluate = (states: readonly FlagState[], context: EvaluationContext, flagKey = FLAG) =>
  evaluateFlag({ policy, states, flagKey, context });
const short = (states: readonly FlagState[], context: EvaluationContext, flagKey = FLAG) => {
  const found = evaluate(states, context, flagKey);
  return found && `${found.variant} ${found.reason} ${found.rolloutId} ${found.phase}`;
};

const everybody = Array.from({ length: 2000 }, (_, i) => `user-${i}`);
const position = (key: string) => exposurePosition('autosave', FLAG, key);
/** In the first 5 % of `autosave`; in its first 30 % but not in 5 %; in neither. */
const inFive = everybody.find((key) => position(key) < 0.05) ?? '';
const inThirty = everybody.find((key) => position(key) >= 0.05 && position(key) < 0.3) ?? '';
const outside = everybody.find((key) => position(key) >= 0.3) ?? '';

describe('a flag for one person', () => {
  it.each([
    // nobody: preparation asks everybody for the default
    ['A-0', 'C', { targetingKey: inFive, cohort: 'qa' }, 'off DISABLED autosave-merge A-0'],
    // cohorts
    ['A-1', 'C', { targetingKey: outside, cohort: 'qa' }, 'on TARGETING_MATCH autosave-merge A-1'],
    ['A-1', 'C', { targetingKey: outside, cohort: 'dev' }, 'on TARGETING_MATCH autosave-merge A-1'],
    ['A-1', 'C', { targetingKey: outside, groups: ['x', 'dev'] }, 'on TARGETING_MATCH autosave-merge A-1'],
    ['A-1', 'C', { targetingKey: outside, cohort: 'beta' }, 'off TARGETING_MATCH autosave-merge A-1'],
    ['A-1', 'C', { targetingKey: outside }, 'off TARGETING_MATCH autosave-merge A-1'],
    ['A-2', 'C', { targetingKey: outside, cohort: 'beta' }, 'on TARGETING_MATCH autosave-merge A-2'],
    ['A-2', 'C', { targetingKey: outside, cohort: 'qa' }, 'on TARGETING_MATCH autosave-merge A-2'],
    ['A-2', 'C', { targetingKey: outside, cohort: 'everyone' }, 'off TARGETING_MATCH autosave-merge A-2'],
    // shares
    ['B-1', 'A', { targetingKey: inFive }, 'on SPLIT autosave A'],
    ['B-1', 'A', { targetingKey: inThirty }, 'off SPLIT autosave A'],
    ['B-1', 'B', { targetingKey: inThirty }, 'on SPLIT autosave B'],
    ['B-1', 'B', { targetingKey: outside }, 'off SPLIT autosave B'],
    ['B-1', 'C', { targetingKey: outside }, 'on STATIC autosave-merge B-1'],
    // both must admit
    ['A-1', 'A', { targetingKey: inFive, cohort: 'qa' }, 'on SPLIT autosave A'],
    ['A-1', 'A', { targetingKey: inThirty, cohort: 'qa' }, 'off SPLIT autosave A'],
    ['A-1', 'A', { targetingKey: inFive }, 'off TARGETING_MATCH autosave-merge A-1'],
  ])(
    'with autosave-merge in %s and autosave in %s, %j gets %s [PHA-1]',
    (merge, exposure, context, expected) => {
      expect(short(statesIn({ 'autosave-merge': merge, autosave: exposure }), context)).toBe(expected);
    },
  );

  it.each([
    ['A-2', 'beta', 'legacy DISABLED autosave-merge A-2'],
    ['B-0', 'beta', 'beta TARGETING_MATCH autosave-merge B-0'],
    ['B-0', 'nobody', 'legacy TARGETING_MATCH autosave-merge B-0'],
    ['B-1', 'nobody', 'stable STATIC autosave-merge B-1'],
  ])('that is a text is its own variant: in %s a %s person gets %s', (phase, cohort, expected) => {
    const states = statesIn({ 'autosave-merge': phase, autosave: 'A' });
    expect(short(states, { targetingKey: 'u', cohort }, 'merge.precision')).toBe(expected);
  });

  it('is unknown when no rollout of the policy controls it, whatever its name', () => {
    const states = statesIn({ 'autosave-merge': 'B-1', autosave: 'C' });
    for (const flagKey of ['no.such.flag', '', 'toString', '__proto__', 'constructor'])
      expect(evaluate(states, { targetingKey: 'u' }, flagKey)).toBeNull();
  });

  it('is the default while one of its rollouts was never started, and where a stored flag is missing [PHA-1]', () => {
    const one = statesIn({ 'autosave-merge': 'B-1' });
    expect(short(one, { targetingKey: 'u' })).toBe('off DISABLED autosave null');
    const broken = [...one, { rolloutId: 'autosave', phase: 'C', flagKey: FLAG, setting: null }];
    expect(short(broken, { targetingKey: 'u' })).toBe('off UNKNOWN autosave C');
  });

  it('is the default while a rollout waits to be started, also behind a kill switch [PHA-1]', () => {
    for (const place of [
      { state: 'preparing', resumeState: null },
      { state: 'halted', resumeState: 'preparing' },
    ] as const) {
      const settings = servedSettings(policy, { id: 'autosave', phase: 'C', ...place });
      const waiting = statesIn({ 'autosave-merge': 'B-1', autosave: 'C' }).map((state) =>
        state.rolloutId === 'autosave' ? { ...state, setting: settings[state.flagKey] ?? null } : state,
      );
      expect(short(waiting, { targetingKey: inFive })).toBe('off DISABLED autosave C');
    }
  });

  it('is the default when its rollouts ask for different values [PHA-1]', () => {
    const states = statesIn({ 'autosave-merge': 'B-1', autosave: 'C' }).map((state) =>
      state.rolloutId === 'autosave' && state.setting
        ? { ...state, setting: { ...state.setting, value: 'half' } }
        : state,
    );
    expect(short(states, { targetingKey: 'u' })).toBe('off DISABLED autosave C');
  });
});

const contexts = fc.record(
  {
    targetingKey: fc.string({ minLength: 1 }),
    cohort: fc.constantFrom('qa', 'dev', 'beta', 'other'),
    groups: fc.array(fc.constantFrom('qa', 'dev', 'beta', 'other'), { maxLength: 3 }),
  },
  { requiredKeys: ['targetingKey'] },
);
const phaseOf = (rolloutId: string) =>
  fc.constantFrom(...(policy.rollouts[rolloutId]?.phases.map(({ id }) => id) ?? []));

describe('for all people', () => {
  it('raising a share never turns the flag off for anybody [PHA-1]', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), share, share, (targetingKey, one, other) => {
        const at = (exposureRatio: number) =>
          evaluate(
            statesIn({ 'autosave-merge': 'B-1', autosave: 'A' }).map((state) =>
              state.rolloutId === 'autosave' && state.setting
                ? { ...state, setting: { ...state.setting, exposureRatio } }
                : state,
            ),
            { targetingKey },
          )?.value;
        expect(at(0)).toBe(false);
        expect(at(1)).toBe(true);
        if (at(Math.min(one, other)) === true) expect(at(Math.max(one, other))).toBe(true);
      }),
    );
  });

  it('no promotion of the policy takes an on flag from anybody [PHA-1]', () => {
    fc.assert(
      fc.property(contexts, phaseOf('autosave-merge'), (context, merge) => {
        const values = ['A', 'B', 'C'].map(
          (autosave) => evaluate(statesIn({ 'autosave-merge': merge, autosave }), context)?.value,
        );
        expect(values.lastIndexOf(false)).toBeLessThan(values.includes(true) ? values.indexOf(true) : 3);
      }),
    );
  });

  it('the flag is on exactly when both rollouts admit them [PHA-1]', () => {
    const cohorts: Record<string, string[]> = { 'A-0': [], 'A-1': ['qa', 'dev'] };
    const shares: Record<string, number> = { A: 0.05, B: 0.3, C: 1 };
    fc.assert(
      fc.property(contexts, phaseOf('autosave-merge'), phaseOf('autosave'), (context, merge, autosave) => {
        const circles = [context.cohort ?? '', ...(context.groups ?? [])];
        const admitted = cohorts[merge] ?? ['qa', 'dev', 'beta'];
        const byMerge = merge === 'B-1' || circles.some((circle) => admitted.includes(circle));
        const byShare = position(context.targetingKey) < (shares[autosave] ?? Number.NaN);
        expect(evaluate(statesIn({ 'autosave-merge': merge, autosave }), context)?.value).toBe(
          byMerge && byShare,
        );
      }),
    );
  });

  it('shares are as large as asked, and each rollout and flag draws anew', () => {
    const count = (rollout: string, flag: string, ratio: number) =>
      everybody.filter((key) => exposurePosition(rollout, flag, key) < ratio).length;
    // Five standard deviations of a fair draw of 2,000.
    expect(Math.abs(count('autosave', FLAG, 0.3) - 600)).toBeLessThan(103);
    expect(Math.abs(count('autosave', FLAG, 0.05) - 100)).toBeLessThan(49);
    const both = everybody.filter(
      (key) => exposurePosition('autosave', FLAG, key) < 0.3 && exposurePosition('other', FLAG, key) < 0.3,
    ).length;
    expect(Math.abs(both - 180)).toBeLessThan(65);
    expect(exposurePosition('a', 'bc', 'd')).not.toBe(exposurePosition('ab', 'c', 'd'));
  });

  it('a position never changes: people would be flipped by an update of Phasegate', () => {
    expect(exposurePosition('autosave', FLAG, 'user-1')).toBe(0.2078143336541558);
  });
});
