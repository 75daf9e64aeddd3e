import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApprovalFact, DecisionFacts } from '../gates/gate-facts.ts';
import { decide } from './decide.ts';
import { DecisionSchema } from './decision.schema.ts';
import { evidenceHash } from './evidence-hash.ts';
import { factsOf, metric, minutesOn, verdicts, vote } from './facts.fixture.ts';
import { unmetSince } from './unmet-since.ts';

const DAY_WINDOWS = 96;
const kill = {
  id: 'k',
  kind: 'kill' as const,
  scope: '*',
  reason: 'stop',
  orderedAt: minutesOn(-1),
  endsAt: null,
};
const signed = (facts: DecisionFacts, votes: readonly ApprovalFact[]): DecisionFacts => ({
  ...facts,
  approvals: votes.map((each) => ({ ...each, evidenceHash: each.evidenceHash || evidenceHash(facts) })),
});
const BOTH = [vote('ann', 'sre'), vote('bob', 'dev_lead')];
const kindOf = (facts: DecisionFacts) => decide(facts).decision;

describe('the order of decisions [PHA-3]', () => {
  it('asks for signatures once every other gate is met', () => {
    const decision = decide(factsOf());
    expect(DecisionSchema.parse(decision)).toEqual(decision);
    expect(decision).toMatchObject({
      decision: 'await_approval',
      heldBy: ['approvals'],
      toPhase: 'B',
      rollback: null,
      earliestAt: null,
    });
    expect(decision.gates.at(-1)).toMatchObject({ now: 0, needed: 2, detail: { missing: 'sre, dev_lead' } });
  });

  it('promotes with every signature, and completes where nothing is ahead', () => {
    expect(kindOf(signed(factsOf(), BOTH))).toBe('promote');
    const last = factsOf({
      phaseId: 'C',
      windows: '.'.repeat(3 * DAY_WINDOWS),
      signOffs: [
        { ...factsOf().signOffs[0], panel: 'slo', role: 'governance' } as DecisionFacts['signOffs'][number],
      ],
    });
    expect(decide(signed(last, [vote('gil', 'governance')]))).toMatchObject({
      decision: 'complete',
      toPhase: null,
    });
  });

  it('holds for a no, whatever the yeses; not for the no of somebody who has left', () => {
    const no = vote('eve', 'sre', { choice: 'reject' });
    expect(decide(signed(factsOf(), [...BOTH, no]))).toMatchObject({
      decision: 'hold',
      heldBy: ['not_rejected'],
      earliestAt: null,
    });
    expect(kindOf(signed(factsOf(), [...BOTH, { ...no, holdsRole: false }]))).toBe('promote');
  });

  it('steps back before it holds, and halts before it steps back', () => {
    const violated = {
      windows: '........v',
      metrics: [metric('autosave_p95', { verdict: 'violation', met: false })],
    };
    const back = decide(factsOf({ phaseId: 'B', ...violated }));
    expect(back).toMatchObject({
      decision: 'roll_back',
      rollback: { cause: 'verdict', toPhase: 'A', metrics: ['autosave_p95'] },
    });
    expect(decide(factsOf({ phaseId: 'B', ...violated, stops: [kill] }))).toMatchObject({
      decision: 'halt',
      rollback: { cause: 'verdict', toPhase: 'A' },
    });
    expect(kindOf(signed(factsOf({ stops: [kill] }), BOTH))).toBe('halt');
  });

  it('evaluates every gate whatever decides', () => {
    const plain = decide(factsOf()).gates.map(({ id }) => id);
    const worst = decide(
      factsOf({
        windows: 'v',
        stops: [kill],
        unreadSources: ['x'],
        flagsAsPolicy: false,
        rollbackPending: true,
      }),
    );
    expect(worst.gates.map(({ id }) => id)).toEqual(plain);
    expect(new Set(plain).size).toBe(plain.length);
  });

  it.each([
    ['stale data', { now: minutesOn(21) }],
    ['a source that cannot be read', { unreadSources: ['x'] }],
    ['a verdict that cannot tell', { windows: '........-' }],
    ['no verdict', { windows: '' }],
    [
      'an open incident',
      {
        incidents: [
          { id: 'i', number: 1, severity: 'minor' as const, openedAt: minutesOn(-9), closedAt: null },
        ],
      },
    ],
    ['a review', { reviews: [{ id: 'r', needed: 2, signed: 1, openedAt: minutesOn(-9) }] }],
    ['a rollback that is pending', { rollbackPending: true }],
    ['other flags than the policy says', { flagsAsPolicy: false }],
    ['a stopped line', { stops: [{ ...kill, kind: 'freeze' as const }] }],
    ['a panel nobody has signed', { signOffs: [] }],
    ['a run that is too short', { windows: '.......' }],
    ['a step that is being proven', { rollout: { state: 'promoting' as const } }],
    ['a rollout that was never started', { rollout: { state: 'preparing' as const } }],
    ['a watch', { rollout: { state: 'watching' as const } }],
    ['a climb that has ended', { rollout: { state: 'completed' as const } }],
  ])('never promotes over %s, whoever has signed [PHA-4]', (_, example) => {
    const facts = factsOf(example);
    expect(kindOf(signed(facts, BOTH))).toBe('hold');
  });
});

describe('the forecast of a decision [PHA-4]', () => {
  it('says when time alone may open its gates, although people still have to sign', () => {
    expect(decide(factsOf({ windows: '.....', signOffs: [] }))).toMatchObject({
      heldBy: ['windows_running', 'signed_off:autosave', 'approvals'],
      earliestAt: minutesOn(45).toISOString(),
    });
  });

  it('is the latest of several, and unknown as soon as one of them is', () => {
    const frozen = { ...kill, kind: 'freeze' as const };
    const facts = (endsAt: Date | null) => factsOf({ windows: '.....', stops: [{ ...frozen, endsAt }] });
    expect(decide(facts(minutesOn(300))).earliestAt).toBe(minutesOn(300).toISOString());
    expect(decide(facts(minutesOn(30))).earliestAt).toBe(minutesOn(45).toISOString());
    expect(decide(facts(null)).earliestAt).toBeNull();
  });
});

describe('signatures', () => {
  it('count once for a person, for the role they hold, until they expire [PHA-3]', () => {
    const facts = factsOf();
    const given = (votes: ApprovalFact[]) => decide(signed(facts, votes)).gates.at(-1)?.now;
    expect(given(BOTH)).toBe(2);
    expect(given([vote('ann', 'sre'), vote('cat', 'sre')])).toBe(1);
    expect(given([vote('ann', 'sre'), vote('ann', 'dev_lead')])).toBe(1);
    expect(given([vote('ann', 'sre', { holdsRole: false }), vote('bob', 'dev_lead')])).toBe(1);
    expect(given([vote('ann', 'sre', { expiresAt: minutesOn(3) }), vote('bob', 'dev_lead')])).toBe(1);
    expect(given([vote('ann', 'sre', { expiresAt: minutesOn(4) }), vote('bob', 'dev_lead')])).toBe(2);
    expect(given([vote('ann', 'sre', { evidenceHash: 'other' }), vote('bob', 'dev_lead')])).toBe(1);
    expect(given([vote('ann', 'sre', { policyHash: 'other' }), vote('bob', 'dev_lead')])).toBe(1);
  });
});

describe('evidence', () => {
  const hash = (example: Parameters<typeof factsOf>[0] = {}) => evidenceHash(factsOf(example));
  // The stay began 16 windows ago whatever is shown of it.
  const stay = { phaseEnteredAt: minutesOn(-16 * 15).toISOString() };
  const windows = (letters: string, rest: Parameters<typeof factsOf>[0] = {}) =>
    hash({ rollout: stay, windows: letters, ...rest });
  const base = windows('.v..............');

  it.each([
    [
      'one more good window',
      () => windows('.v..............', { verdicts: verdicts('.v...............', minutesOn(15)) }),
    ],
    ['a window with too few samples', () => windows('.v.............-')],
    ['a quiet night behind', () => windows('.v......--------')],
    ['a freeze', () => windows('.v..............', { stops: [{ ...kill, kind: 'freeze' }] })],
    ['late data from the Collector', () => windows('.v..............', { now: minutesOn(60) })],
    ['a source that cannot be read', () => windows('.v..............', { unreadSources: ['x'] })],
    ['a line in quarantine', () => windows('.v..............', { quarantineOpenCount: 1 })],
    ['late data that tells of a window that could not', () => windows('.v-.............')],
    [
      'an older incident that leaves the period',
      () =>
        windows('.v..............', {
          incidents: [
            { id: 'i', number: 1, severity: 'major', openedAt: minutesOn(-5000), closedAt: minutesOn(-4000) },
          ],
        }),
    ],
    [
      'another reviewer beside the one who counts',
      () =>
        windows('.v..............', {
          signOffs: [
            ...factsOf().signOffs,
            {
              panel: 'autosave',
              role: 'reviewer',
              personId: 'z',
              policyHash: 'policy-1',
              givenAt: minutesOn(1),
            },
          ],
        }),
    ],
    [
      'the state it is shown in',
      () => windows('.v..............', { rollout: { ...stay, state: 'awaiting_approval', revision: 8 } }),
    ],
  ])('stays the same with %s [PHA-3]', (_, other) => {
    expect(other()).toBe(base);
  });

  it.each([
    ['a run that broke', () => windows('.v.........u....')],
    ['a run that late data has broken', () => windows('.v..u...........')],
    ['a gap', () => windows('.v...... .......')],
    ['a violation now', () => windows('.v.............v')],
    ['another policy', () => windows('.v..............', { policyHash: 'policy-2' })],
    ['another version', () => windows('.v..............', { rollout: { ...stay, version: 4 } })],
    ['another phase', () => windows('.v..............', { phaseId: 'B' })],
    ['a pressed kill switch', () => windows('.v..............', { stops: [kill] })],
    [
      'an incident, open',
      () =>
        windows('.v..............', {
          incidents: [{ id: 'i', number: 1, severity: 'minor', openedAt: minutesOn(-9), closedAt: null }],
        }),
    ],
    [
      'an incident, closed again',
      () =>
        windows('.v..............', {
          incidents: [
            { id: 'i', number: 1, severity: 'minor', openedAt: minutesOn(-9), closedAt: minutesOn(-1) },
          ],
        }),
    ],
    ['a withdrawn sign-off', () => windows('.v..............', { signOffs: [] })],
  ])('is another with %s [PHA-3]', (_, other) => {
    expect(other()).not.toBe(base);
  });

  it('is another when a person answers a checklist differently [PHA-3] [PHA-7]', () => {
    const answers = (answer: 'yes' | 'no') =>
      hash({
        rolloutId: 'autosave-merge',
        phaseId: 'A-0',
        answers: [
          { list: 'readiness', item: 'tests-in-ci', answer, givenAt: minutesOn(-9), holdsRole: true },
        ],
      });
    expect(answers('yes')).toBe(answers('yes'));
    expect(answers('yes')).not.toBe(answers('no'));
  });

  it('keeps yeses through a window that cannot tell: it holds, and then they count again [PHA-3] [PHA-4]', () => {
    const votes = signed(factsOf(), BOTH).approvals;
    const quiet = factsOf({
      windows: '........',
      verdicts: verdicts('........-', minutesOn(15)),
      approvals: votes,
    });
    expect(decide(quiet)).toMatchObject({ decision: 'hold', heldBy: ['healthy_now'] });
    const again = factsOf({
      windows: '........',
      verdicts: verdicts('........-.', minutesOn(30)),
      approvals: votes,
    });
    expect(kindOf({ ...again, now: minutesOn(33), newestCollectedWindowEnd: minutesOn(30) })).toBe('promote');
  });

  it('depends on nothing but where the run began, for any windows after that [PHA-3]', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('.', '-', 'w'), { maxLength: 40 }), (letters) => {
        const after = letters.join('');
        const grown = verdicts(`v.${after}`, minutesOn(15 * after.length));
        const begun = verdicts('v.');
        const entered = { phaseEnteredAt: minutesOn(-30).toISOString() };
        expect(hash({ rollout: entered, verdicts: grown })).toBe(hash({ rollout: entered, verdicts: begun }));
      }),
      { numRuns: 200 },
    );
  });
});

describe('an SLO unmet for 24 h [PHA-5]', () => {
  const demand = (windows: string, example: Parameters<typeof factsOf>[0] = {}) =>
    decide(factsOf({ phaseId: 'B', windows, ...example })).rollback;

  it('asks for a step back at 24 h and not a window sooner', () => {
    expect(demand('u'.repeat(DAY_WINDOWS - 1))).toBeNull();
    expect(demand('u'.repeat(DAY_WINDOWS))).toMatchObject({ cause: 'slo_unmet', toPhase: 'A' });
    expect(demand(`.${'u'.repeat(DAY_WINDOWS)}`)).toMatchObject({ cause: 'slo_unmet' });
  });

  it.each([
    ['one met window ends the run', `${'u'.repeat(50)}.${'u'.repeat(90)}`, null],
    ['windows that cannot tell do not', `${'u'.repeat(50)}-${'u'.repeat(45)}`, 'slo_unmet'],
    ['a met window now ends it', `${'u'.repeat(100)}.`, null],
    ['a window now that cannot tell does not prolong it', `${'u'.repeat(95)}-`, 'slo_unmet'],
    [
      'a missing window ends it: what nobody saw does not roll back',
      `${'u'.repeat(50)} ${'u'.repeat(90)}`,
      null,
    ],
    [
      'windows judged by other rules count as they were judged',
      `${'x'.repeat(90)}${'u'.repeat(6)}`,
      'slo_unmet',
    ],
  ])('%s', (_, windows, cause) => {
    expect(demand(windows)?.cause ?? null).toBe(cause);
  });

  it('asks nothing where nothing is behind, and for what a verdict requires everywhere [ROL-1]', () => {
    expect(demand('u'.repeat(DAY_WINDOWS), { phaseId: 'A' })).toBeNull();
    expect(demand('v', { phaseId: 'A' })).toMatchObject({ cause: 'verdict', toPhase: null });
  });

  it('names the deciding metrics that are unmet', () => {
    const metrics = [
      metric('a', { met: false }),
      metric('b', { met: false, shadow: true }),
      metric('c'),
      metric('d', { met: null }),
    ];
    expect(demand('u'.repeat(DAY_WINDOWS), { metrics })?.metrics).toEqual(['a']);
  });

  it('begins with the oldest unmet window', () => {
    expect(unmetSince(verdicts('.uu-u'))).toEqual(minutesOn(-60));
    expect(unmetSince(verdicts('uu.'))).toBeNull();
    expect(unmetSince(verdicts('--'))).toBeNull();
    expect(unmetSince([])).toBeNull();
  });
});

describe('a demand to step back [ROL-3]', () => {
  it.each([
    ['running', true],
    ['awaiting_approval', true],
    ['watching', true],
    ['awaiting_canary', true],
    ['completed', true],
    ['preparing', false],
    ['promoting', false],
    ['rolling_back', false],
  ] as const)('in %s: %s, halted or not', (state, demands) => {
    const demand = (rollout: Parameters<typeof factsOf>[0]) =>
      decide(factsOf({ phaseId: 'B', windows: '.v', ...rollout })).rollback !== null;
    expect(demand({ rollout: { state } })).toBe(demands);
    expect(demand({ rollout: { state: 'halted', resumeState: state } })).toBe(demands);
  });

  it('is not made by what only warns, nor by what cannot be seen', () => {
    for (const windows of ['V', 'u', '-', '', 'vu', 'v-'])
      expect(decide(factsOf({ phaseId: 'B', windows })).rollback).toBeNull();
    expect(
      decide(factsOf({ phaseId: 'B', windows: '.', now: minutesOn(600), unreadSources: ['x'] })).rollback,
    ).toBeNull();
  });
});
