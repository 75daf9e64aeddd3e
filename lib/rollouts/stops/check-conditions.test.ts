import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '#lib/policy/index.ts';
import { checkKillSwitchConditions, type GuardFacts, periodStart } from './check-conditions.ts';

const read = (name: string) => ({ file: name, text: readFileSync(`governance/${name}`, 'utf8') });
const { killSwitch } = parsePolicy({
  policy: read('policy.yaml'),
  events: read('events.yaml'),
  killSwitch: read('killswitch-rules.yaml'),
});
const rules = killSwitch.rules;
const NOW = new Date('2026-11-21T09:00:00.000Z');
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);
const quiet: GuardFacts = {
  now: NOW,
  kills: [],
  phaseChanges: [],
  counts: {},
  memoryMegabytes: 300,
  databaseGigabytes: 1,
  connectionShare: 0.2,
  overSince: {},
};
const check = (facts: Partial<GuardFacts>) => checkKillSwitchConditions({ ...quiet, ...facts }, rules);
const changes = (rolloutId: string, ...secondsAgo: number[]) =>
  secondsAgo.map((seconds) => ({ rolloutId, at: ago(seconds) }));

describe('flapping', () => {
  it('stops the one rollout that changed its phase 3 times in an hour, not after 2 [OPS-7]', () => {
    expect(check({ phaseChanges: changes('autosave', 10, 20) })).toEqual([]);
    expect(check({ phaseChanges: changes('autosave', 10, 20, 3599) })).toMatchObject([
      { rule: 'flapping', scope: 'autosave', detail: { count: 3, limit: 3 } },
    ]);
  });

  it('forgets what is an hour old, to the second, and does not add up two rollouts [OPS-7]', () => {
    expect(check({ phaseChanges: changes('autosave', 10, 20, 3600) })).toEqual([]);
    expect(
      check({ phaseChanges: [...changes('autosave', 10, 20), ...changes('autosave-merge', 10, 20)] }),
    ).toEqual([]);
  });

  it('begins anew when it was armed again, and presses nothing that is pressed [OPS-7]', () => {
    const phaseChanges = changes('autosave', 10, 20, 30, 600);
    const kill = (scope: string, endedAt: Date | null, rule: string | null = 'flapping') => ({
      kills: [{ rule, scope, endedAt }],
    });
    expect(check({ phaseChanges, ...kill('autosave', ago(40)) })).toHaveLength(1);
    expect(check({ phaseChanges, ...kill('autosave', ago(25)) })).toEqual([]);
    expect(check({ phaseChanges, ...kill('autosave-merge', ago(5)) })).toHaveLength(1);
    expect(check({ phaseChanges, ...kill('autosave', null, null) })).toEqual([]);
    expect(check({ phaseChanges, ...kill('*', null, null) })).toEqual([]);
  });

  it('is met exactly when as many changes as the rule says lie in its period [OPS-7]', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -100, max: 5000 }), { maxLength: 8 }), (seconds) => {
        const inPeriod = seconds.filter((s) => s >= 0 && s < 3600).length;
        expect(check({ phaseChanges: changes('autosave', ...seconds) })).toHaveLength(inPeriod >= 3 ? 1 : 0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('work without end', () => {
  it.each([
    ['loop', 3000],
    ['loop-in-run', 500],
    ['runaway-retries', 500],
  ])('%s stops everything at %i, not one before [OPS-7]', (rule, limit) => {
    const counts = (count: number) => ({ counts: { [rule]: [{ subject: 'phasegate-x', count }] } });
    expect(check(counts(limit - 1))).toEqual([]);
    expect(check(counts(limit))).toMatchObject([
      { rule, scope: '*', detail: { subject: 'phasegate-x', count: limit, limit } },
    ]);
  });
});

describe('resource use', () => {
  it('needs memory or connections to stay over the limit for as long as the rule says [OPS-7]', () => {
    const memory = { memoryMegabytes: 8193 };
    expect(check({ ...memory, overSince: { memory: ago(299) } })).toEqual([]);
    expect(check({ ...memory, overSince: { memory: ago(300) } })).toMatchObject([
      { rule: 'memory', scope: '*' },
    ]);
    expect(check({ connectionShare: 0.99, overSince: { 'database-connections': ago(300) } })).toMatchObject([
      { rule: 'database-connections' },
    ]);
    const rearmed = { kills: [{ rule: 'memory', scope: '*', endedAt: ago(100) }] };
    expect(check({ ...memory, ...rearmed, overSince: { memory: ago(900) } })).toEqual([]);
  });

  it('stops at a database over its size, once [OPS-7]', () => {
    expect(check({ databaseGigabytes: 100 })).toEqual([]);
    expect(check({ databaseGigabytes: 100.1 })).toMatchObject([{ rule: 'database-size', scope: '*' }]);
    const rearmed = { kills: [{ rule: 'database-size', scope: '*', endedAt: ago(100) }] };
    expect(check({ databaseGigabytes: 100.1, ...rearmed })).toEqual([]);
  });
});

it('leaves out rules that are switched off [OPS-7]', () => {
  const off = rules.map((rule) => ({ ...rule, enabled: false }));
  expect(checkKillSwitchConditions({ ...quiet, phaseChanges: changes('autosave', 1, 2, 3) }, off)).toEqual(
    [],
  );
});

it('counts from the period or from the last time it was armed again, whichever is later', () => {
  const [flapping] = rules;
  if (!flapping) throw new Error('no rules');
  const kills = (endedAt: Date) => [{ rule: 'flapping', scope: '*', endedAt }];
  expect(periodStart(flapping, { now: NOW, kills: [] })).toEqual(ago(3600));
  expect(periodStart(flapping, { now: NOW, kills: kills(ago(7200)) })).toEqual(ago(3600));
  expect(periodStart(flapping, { now: NOW, kills: kills(ago(60)) })).toEqual(ago(60));
});
