import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '#lib/policy/index.ts';
import { type PhaseChange, planRollback, type Rollout, resolveRollbackTarget } from '../index.ts';

const { policy } = parsePolicy({
  policy: { file: 'policy.yaml', text: readFileSync('governance/policy.yaml', 'utf8') },
  events: { file: 'events.yaml', text: readFileSync('governance/events.yaml', 'utf8') },
});

const rollout = (id: string, phase: string, version = 4): Rollout => ({
  id,
  phase,
  version,
  phaseEnteredAt: '2026-11-20T00:00:00.000Z',
  state: 'running',
  resumeState: null,
  revision: version,
  stateEnteredAt: '2026-11-20T00:00:00.000Z',
  watchUntil: null,
  nextCanaryAt: null,
  escalatedAt: null,
});
const rollbackTo = (from: string, to: string, version: number): PhaseChange => ({
  id: '01937b1e-0000-7000-8000-000000000000',
  rolloutId: 'autosave',
  kind: 'rollback',
  fromPhase: from,
  toPhase: to,
  trigger: 'button',
  reason: 'saves are slow',
  actorName: 'on-call',
  flagsBefore: {},
  flagsAfter: {},
  rolloutVersion: version,
  breakGlass: false,
  proof: 'pending',
  provenAt: null,
  createdAt: '2026-11-21T00:00:00.000Z',
});

describe('one step back', () => {
  const steps = Object.entries(policy.rollouts).flatMap(([id, { phases }]) =>
    phases.map((phase, i) => ({ id, from: phase.id, to: phases[i - 1]?.id ?? null })),
  );
  it.each(steps)('takes $id from $from to $to, never further [ROL-1]', ({ id, from, to }) => {
    const plan = planRollback({ policy, rollout: rollout(id, from), lastChange: null, fromPhase: from });
    if (to === null)
      expect(plan).toEqual({ plan: 'refuse', refusal: { refused: 'nothing_behind', phase: from } });
    else expect(plan).toMatchObject({ plan: 'step_back', from, to });
  });

  it('shows the flags before and after with whom they reach [DASH-5]', () => {
    expect(
      planRollback({ policy, rollout: rollout('autosave', 'B'), lastChange: null, fromPhase: 'B' }),
    ).toMatchObject({
      flagsBefore: { 'autosave.enabled': { value: true, audience: 'exposure', exposureRatio: 0.3 } },
      flagsAfter: { 'autosave.enabled': { value: true, audience: 'exposure', exposureRatio: 0.05 } },
    });
  });

  it('lets the second of two triggers join the first [ROL-7]', () => {
    const change = rollbackTo('B', 'A', 5);
    const input = { policy, rollout: rollout('autosave', 'A', 5), lastChange: change, fromPhase: 'B' };
    expect(planRollback(input)).toEqual({ plan: 'already_done', change });
    expect(planRollback({ ...input, expectedVersion: 4 })).toEqual({ plan: 'already_done', change });
  });

  it('does not join a rollback of an earlier time on that phase [ROL-7]', () => {
    const input = {
      policy,
      rollout: rollout('autosave', 'A', 5),
      lastChange: rollbackTo('B', 'A', 5),
      fromPhase: 'B',
      expectedVersion: 2,
    };
    expect(planRollback(input)).toMatchObject({ plan: 'refuse', refusal: { refused: 'not_in_phase' } });
  });

  it('refuses when the rollout has changed since the person looked [ROL-7]', () => {
    expect(
      planRollback({
        policy,
        rollout: rollout('autosave', 'B', 6),
        lastChange: null,
        fromPhase: 'B',
        expectedVersion: 4,
      }),
    ).toMatchObject({ plan: 'refuse', refusal: { refused: 'moved_on', version: 6, expectedVersion: 4 } });
  });

  it('never moves more than one phase and never forward, whatever is asked [ROL-1]', () => {
    const ids = Object.keys(policy.rollouts);
    fc.assert(
      fc.property(
        fc.constantFrom(...ids),
        fc.nat(4),
        fc.nat(4),
        fc.option(fc.nat(9), { nil: undefined }),
        (id, at, asked, version) => {
          const phases = policy.rollouts[id]?.phases.map((phase) => phase.id) ?? [];
          const current = phases[at % phases.length] ?? '';
          const plan = planRollback({
            policy,
            rollout: rollout(id, current),
            lastChange: null,
            fromPhase: phases[asked % phases.length] ?? '',
            expectedVersion: version,
          });
          if (plan.plan === 'step_back') expect(phases.indexOf(current) - phases.indexOf(plan.to)).toBe(1);
        },
      ),
    );
  });
});

describe('flags:rollback --phase <where to>', () => {
  const rollouts = [rollout('autosave-merge', 'B-0'), rollout('autosave', 'B')];
  it.each([
    { to: 'A-2', gives: { rolloutId: 'autosave-merge', fromPhase: 'B-0' } },
    { to: 'B-0', gives: { rolloutId: 'autosave-merge', fromPhase: 'B-1' } }, // stands there already: joins or is refused later
    { to: 'A', gives: { rolloutId: 'autosave', fromPhase: 'B' } },
    { to: 'A-1', gives: { problem: 'not_one_step' } },
    { to: 'B-1', gives: { problem: 'not_one_step' } },
    { to: 'X-9', gives: { problem: 'unknown_phase' } },
  ])('finds from $to alone who steps back [ROL-2]', ({ to, gives }) => {
    expect(resolveRollbackTarget(policy, rollouts, to)).toMatchObject(gives);
  });

  it('asks for the rollout when two have a phase of that name [ROL-2]', () => {
    const twins = {
      ...policy,
      rollouts: { ...policy.rollouts, twin: { ...policy.rollouts.autosave } },
    } as typeof policy;
    expect(resolveRollbackTarget(twins, rollouts, 'A')).toMatchObject({ problem: 'ambiguous' });
    expect(resolveRollbackTarget(twins, rollouts, 'A', 'autosave')).toEqual({
      rolloutId: 'autosave',
      fromPhase: 'B',
    });
  });
});
