import { FlagdCore } from '@openfeature/flagd-core';
import { describe, expect, it } from 'vitest';
import { evaluateAll, evaluateKey } from './configuration.ts';
import { configurationIn, policy } from './example.fixture.ts';
import { flagdDocument } from './flagd.ts';

const people = ['qa', 'dev', 'beta', 'other'].flatMap((circle) => [
  { targetingKey: 'user-1', cohort: circle },
  { targetingKey: 'user-1', groups: [circle] },
]);
const phasesOf = (rolloutId: string) => policy.rollouts[rolloutId]?.phases.map(({ id }) => id) ?? [];

function core(phases: Record<string, string>): FlagdCore {
  const flagd = new FlagdCore();
  flagd.setConfigurations(JSON.stringify(flagdDocument(configurationIn(phases))));
  return flagd;
}

describe("flagd's own evaluation of the export", () => {
  it.each(phasesOf('autosave-merge'))('agrees with ours in %s for every cohort [PHA-1]', (merge) => {
    const phases = { 'autosave-merge': merge, autosave: 'C' };
    const flagd = core(phases);
    for (const context of [{ targetingKey: 'user-1' }, ...people]) {
      const ours = Object.fromEntries(
        evaluateAll(configurationIn(phases), context).map(({ key, value }) => [key, value]),
      );
      const theirs = Object.fromEntries(
        flagd.resolveAll(context).map(({ flagKey, value }) => [flagKey, value]),
      );
      expect(theirs).toEqual(ours);
    }
  });

  it('exposes as large a share, and turns nobody off when it rises', () => {
    const on = (autosave: string) => {
      const flagd = core({ 'autosave-merge': 'B-1', autosave });
      return Array.from({ length: 2000 }, (_, i) => i).filter(
        (i) => flagd.resolveBooleanEvaluation('autosave.enabled', false, { targetingKey: `user-${i}` }).value,
      );
    };
    const [small, large] = [new Set(on('A')), new Set(on('B'))];
    expect(Math.abs(small.size - 100)).toBeLessThan(49);
    expect(Math.abs(large.size - 600)).toBeLessThan(103);
    expect([...small].every((i) => large.has(i))).toBe(true);
  });

  it('finds every flag at its default while nothing was started', () => {
    expect(
      core({})
        .resolveAll({ targetingKey: 'u' })
        .map(({ flagKey, value }) => [flagKey, value]),
    ).toEqual([
      ['autosave.enabled', false],
      ['merge.precision', 'legacy'],
      ['autosave.lock', 'writable'],
    ]);
  });

  it.each([[[]], [['autosave']], [['autosave-merge']]])(
    'agrees on the lock raised by %j [ROL-4]',
    (raised) => {
      const configuration = configurationIn({ 'autosave-merge': 'B-1', autosave: 'C' }, 7, raised);
      const flagd = new FlagdCore();
      flagd.setConfigurations(JSON.stringify(flagdDocument(configuration)));
      const expected = raised.length > 0 ? 'readonly' : 'writable';
      expect(flagd.resolveStringEvaluation('autosave.lock', 'x', { targetingKey: 'u' })).toMatchObject({
        value: expected,
        variant: expected,
      });
      expect(evaluateKey(configuration, 'autosave.lock', { targetingKey: 'u' })?.value).toBe(expected);
    },
  );
});
