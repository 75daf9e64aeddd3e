import { describe, expect, it } from 'vitest';
import type { AutomationLevel } from '#lib/policy/index.ts';
import { decide } from '../decision/decide.ts';
import type { ApprovalFact, DecisionFacts } from '../gates/gate-facts.ts';
import { NOW, readyFacts } from '../people/ready-facts.fixture.ts';
import { changedFlags, planPromotion } from './plan-promotion.ts';

/** With a yes of each of these people to what the facts say. */
function approvedBy(facts: DecisionFacts, ...people: [personId: string, role: string][]): DecisionFacts {
  const { evidenceHash, policyHash } = decide(facts);
  const approvals = people.map(
    ([personId, role]): ApprovalFact => ({
      id: `vote-${personId}`,
      personId,
      role,
      choice: 'approve',
      evidenceHash,
      policyHash,
      givenAt: NOW,
      expiresAt: null,
      holdsRole: true,
    }),
  );
  return { ...facts, approvals };
}

function withAutomation(facts: DecisionFacts, promotion: AutomationLevel): DecisionFacts {
  return { ...facts, phase: { ...facts.phase, automation: { ...facts.phase.automation, promotion } } };
}

const plan = (facts: DecisionFacts, promoter: Parameters<typeof planPromotion>[2]) =>
  planPromotion(facts, decide(facts), promoter);
const SYSTEM = { kind: 'system' } as const;
const person = (id: string, ...roles: string[]) => ({ kind: 'person', id, roles }) as const;

describe('Phasegate pressing by itself', () => {
  const two: [string, string][] = [
    ['ana', 'sre'],
    ['ben', 'dev_lead'],
  ];

  it.each([
    ['shadow', 'refuse'],
    ['recommend', 'refuse'],
    ['act', 'step_on'],
  ] as const)('where automation is %s: %s [PHA-3]', (level, expected) => {
    const facts = approvedBy(withAutomation(readyFacts('A'), level), ...two);
    expect(plan(facts, SYSTEM).plan).toBe(expected);
    // The ladder binds the machine; people keep the last click.
    expect(plan(facts, person('ana', 'sre')).plan).toBe('step_on');
  });

  it('needs every signature all the same, of two people at least [PHA-3]', () => {
    const one = approvedBy(withAutomation(readyFacts('A'), 'act'), ['ana', 'sre']);
    expect(plan(one, SYSTEM)).toMatchObject({ refusal: { refused: 'approvals_missing' } });
    const single = withAutomation(readyFacts('B'), 'act');
    expect(plan(approvedBy(single, ['ana', 'sre']), SYSTEM)).toMatchObject({
      refusal: { refused: 'four_eyes', people: 1 },
    });
    expect(plan(approvedBy(single, ['ana', 'sre'], ['ben', 'sre']), SYSTEM)).toMatchObject({
      plan: 'step_on',
      to: 'C',
    });
  });

  it('is held by whatever holds people [PHA-3] [PHA-4]', () => {
    const ready = withAutomation(readyFacts('A'), 'act');
    const killed = approvedBy(
      { ...ready, stops: [{ id: 's', kind: 'kill', scope: '*', reason: 'x', orderedAt: NOW, endsAt: null }] },
      ...two,
    );
    expect(plan(killed, SYSTEM)).toMatchObject({
      refusal: { refused: 'killed', gates: [{ id: 'kill_switch' }] },
    });
    const frozen = approvedBy(
      {
        ...ready,
        stops: [{ id: 's', kind: 'freeze', scope: '*', reason: 'x', orderedAt: NOW, endsAt: null }],
      },
      ...two,
    );
    expect(plan(frozen, SYSTEM)).toMatchObject({
      refusal: { refused: 'gates_unmet', gates: [{ id: 'freeze' }] },
    });
    const pending = approvedBy({ ...ready, rollbackPending: true }, ...two);
    expect(plan(pending, SYSTEM)).toMatchObject({ refusal: { refused: 'gates_unmet' } });
  });
});

describe('what a step would change', () => {
  it('names the flags whose value, audience or share differs, and no other [DASH-5]', () => {
    const facts = approvedBy(readyFacts('B'), ['ana', 'sre']);
    const step = plan(facts, person('ben', 'sre'));
    expect(step).toMatchObject({ kind: 'promotion', from: 'B', to: 'C' });
    if (step.plan === 'step_on')
      expect(changedFlags(step.flagsBefore, step.flagsAfter)).toEqual(['autosave.enabled']);
    const same = { a: { value: true, audience: 'qa', exposureRatio: 1 } } as const;
    expect(changedFlags(same, same)).toEqual([]);
    expect(changedFlags(same, { ...same, b: { value: 'x', audience: 'qa', exposureRatio: 1 } })).toEqual([
      'b',
    ]);
    expect(changedFlags(same, { a: { ...same.a, audience: 'beta' } })).toEqual(['a']);
  });

  it('is nothing at the end of the climb [PHA-3]', () => {
    const facts = approvedBy(readyFacts('C'), ['gov', 'governance']);
    const step = plan(facts, person('admin', 'admin'));
    expect(step).toMatchObject({ kind: 'completion', from: 'C', to: 'C' });
    if (step.plan === 'step_on') expect(changedFlags(step.flagsBefore, step.flagsAfter)).toEqual([]);
  });
});
