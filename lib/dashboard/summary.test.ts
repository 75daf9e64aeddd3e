import { describe, expect, it } from 'vitest';
import type { DecisionFacts } from '#lib/rollouts/server.ts';
import { nextDeadline } from './summary.ts';

const NOW = new Date('2026-11-21T17:57:00Z');
const DUE = new Date('2026-11-21T17:57:18Z');
const kill = { id: 'k', kind: 'kill', scope: '*', reason: 'fire', orderedAt: NOW, endsAt: null } as const;

const facts = (rollout: Partial<DecisionFacts['rollout']>, stops: DecisionFacts['stops'] = []) =>
  ({ rollout: { state: 'running', ...rollout }, approvals: [], stops, now: NOW }) as unknown as DecisionFacts;

describe('the next deadline', () => {
  it('says of a required rollback when it executes by itself [ROL-3]', () => {
    expect(nextDeadline(facts({}), DUE)).toEqual({ kind: 'rollback_due', at: DUE.toISOString() });
  });

  it('does not say that it executes by itself where a kill switch holds it [OPS-7, ROL-3]', () => {
    const held = { kind: 'rollback_held', at: DUE.toISOString() };
    expect(nextDeadline(facts({ state: 'halted', resumeState: 'running' }, [kill]), DUE)).toEqual(held);
    expect(nextDeadline(facts({}, [kill]), DUE)).toEqual(held);
  });
});
