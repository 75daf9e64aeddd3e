import { describe, expect, it } from 'vitest';
import { byNeed, needOf } from './need.ts';
import type { RolloutSummary } from './rollout-view.schema.ts';

type Part = {
  decision?: RolloutSummary['decision']['decision'];
  rollbackWaits?: boolean;
  policyUnusable?: boolean;
  headline?: RolloutSummary['headline']['code'];
  incident?: 'major' | 'minor';
  blind?: boolean;
  state?: RolloutSummary['state'];
};

const rollout = (id: string, part: Part = {}) =>
  ({
    id,
    decision: {
      decision: part.decision ?? 'hold',
      gates: [
        ...(part.rollbackWaits === undefined ? [] : [pending(part.rollbackWaits ? 'unmet' : 'met')]),
        ...(part.policyUnusable ? [{ kind: 'policy', state: 'unmet', reason: 'policy_unusable' }] : []),
      ],
    },
    headline: { code: part.headline ?? 'pass' },
    incident: part.incident ? { severity: part.incident } : null,
    sight: { state: part.blind ? 'blind' : 'seeing' },
    state: part.state ?? 'running',
  }) as unknown as RolloutSummary;
const pending = (state: string) => ({ kind: 'rollback_pending', state });

describe('what a rollout needs', () => {
  it.each<[Part, string]>([
    [{}, 'calm'],
    [{ rollbackWaits: false }, 'calm'],
    [{ headline: 'warn' }, 'calm'],
    [{ headline: 'insufficient_data' }, 'calm'],
    [{ rollbackWaits: true }, 'act'],
    // A client's own report can require it while every window passes, and nothing may be seen of it any more.
    [{ rollbackWaits: true, blind: true }, 'act'],
    [{ headline: 'rollback_required' }, 'act'],
    [{ incident: 'major' }, 'act'],
    [{ blind: true, headline: 'blind' }, 'blind'],
    [{ blind: true, incident: 'minor' }, 'blind'],
    [{ headline: 'violation' }, 'look'],
    [{ incident: 'minor' }, 'look'],
    [{ state: 'halted' }, 'look'],
    // Nothing is promoted until somebody mends the file.
    [{ policyUnusable: true }, 'look'],
    [{ decision: 'await_approval', state: 'awaiting_approval' }, 'decide'],
    [{ decision: 'promote' }, 'decide'],
    [{ state: 'preparing' }, 'decide'],
    [{ state: 'awaiting_canary' }, 'decide'],
    [{ state: 'completed' }, 'calm'],
  ])('%j: %s [DASH-6]', (part, need) => {
    expect(needOf(rollout('r', part))).toBe(need);
  });

  it('comes first on the overview; within one need the order of the policy stays [DASH-6]', () => {
    const rollouts = [
      rollout('a'),
      rollout('b', { decision: 'promote' }),
      rollout('c', { headline: 'violation' }),
      rollout('d'),
      rollout('e', { blind: true }),
      rollout('f', { incident: 'major' }),
      rollout('g', { headline: 'violation' }),
    ];
    expect(byNeed(rollouts).map(({ id }) => id)).toEqual(['f', 'e', 'c', 'g', 'b', 'a', 'd']);
  });
});
