import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '#lib/policy/index.ts';
import { flagSettingsOf } from '../flag-settings.ts';
import { composeConfiguration } from '../flags/configuration.ts';
import { asRecorded, probesOf } from './probes.ts';

const { policy } = parsePolicy({
  policy: { file: 'policy.yaml', text: readFileSync('governance/policy.yaml', 'utf8') },
  events: { file: 'events.yaml', text: readFileSync('governance/events.yaml', 'utf8') },
});

const FLAG = 'autosave.enabled';

/** Both rollouts, `autosave-merge` and `autosave`, in these phases, the latter rolled back and not yet recovered. */
function served(merge: string, autosave: string) {
  const places = [
    ['autosave-merge', merge],
    ['autosave', autosave],
  ] as const;
  const stored = composeConfiguration({
    policy,
    states: [],
    standings: places.map(([rolloutId, phase]) => ({ rolloutId, phase, raised: rolloutId === 'autosave' })),
    version: 9,
    lastModifiedSeconds: 0,
  });
  return places.reduce(
    (configuration, [rolloutId, phase]) =>
      asRecorded(configuration, { rolloutId, phase, settings: flagSettingsOf(policy, rolloutId, phase) }),
    stored,
  );
}

const probe = (merge: string, from: string, to: string) =>
  probesOf('autosave', served(merge, from), served(merge, to));

describe('whom the proof of a step asks for', () => {
  it('is people who keep the flag, who lose it and who never had it [ROL-4]', () => {
    const probes = probe('B-1', 'C', 'B');
    const values = probes.map(({ expected }) => expected[FLAG]);
    expect(new Set(values)).toEqual(new Set([true, false]));
    expect(probes.every(({ expected }) => expected['autosave.lock'] === 'readonly')).toBe(true);
    expect(new Set(probes.map(({ context }) => context.cohort))).toEqual(new Set([undefined, 'qa', 'beta']));
  });

  it('respects the word of other rollouts: where one holds a flag back, nobody may have it [PHA-1] [ROL-4]', () => {
    expect(probe('A-0', 'C', 'B').every(({ expected }) => expected[FLAG] === false)).toBe(true);
    const betas = probe('A-2', 'C', 'B').filter(({ expected }) => expected[FLAG] === true);
    expect(betas.length).toBeGreaterThan(0);
    expect(betas.every(({ context }) => context.cohort !== undefined)).toBe(true);
  });

  it('is few enough to ask, and finds somebody inside a share of 5 % [ROL-4]', () => {
    const probes = probe('B-1', 'B', 'A');
    expect(probes.length).toBeLessThanOrEqual(24);
    expect(probes.some(({ expected }) => expected[FLAG] === true)).toBe(true);
  });
});
