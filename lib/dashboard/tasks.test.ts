import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Actor } from '#lib/identity/index.ts';
import { findPhase, parsePolicy } from '#lib/policy/index.ts';
import type { Decision, GateCheck, Review, Rollout, Stop } from '#lib/rollouts/index.ts';
import { type RolloutFacts, tasksOf } from './tasks.ts';

const read = (file: string) => ({ file, text: readFileSync(file, 'utf8') });
const { policy } = parsePolicy({
  policy: read('governance/policy.yaml'),
  events: read('governance/events.yaml'),
});
const AT = '2026-11-21T14:00:00.000Z';

const person = (...roles: string[]): Actor => ({ kind: 'user', id: 'me', name: 'Me', roles, scopes: [] });

const rollout = (change: Partial<Rollout> = {}): Rollout => ({
  id: 'autosave',
  phase: 'A',
  state: 'running',
  resumeState: null,
  version: 3,
  revision: 9,
  phaseEnteredAt: AT,
  stateEnteredAt: AT,
  watchUntil: null,
  nextCanaryAt: null,
  escalatedAt: null,
  ...change,
});

const gate = (change: Partial<GateCheck> & Pick<GateCheck, 'kind' | 'reason'>): GateCheck => ({
  id: change.kind,
  state: 'unmet',
  now: null,
  needed: null,
  unit: null,
  since: null,
  earliestAt: null,
  detail: {},
  ...change,
});

function facts(change: {
  rollout?: Partial<Rollout>;
  decision?: Decision['decision'];
  gates?: GateCheck[];
  automation?: Decision['automation']['promotion'];
  rest?: Partial<RolloutFacts>;
}): RolloutFacts {
  const current = rollout(change.rollout);
  const phase = findPhase(policy, current.id, current.phase);
  if (!phase) throw new Error(`no phase ${current.phase}`);
  const automation = { promotion: change.automation ?? 'recommend', rollback: 'act' } as const;
  return {
    rollout: current,
    phase: { ...phase, automation },
    decision: {
      rolloutId: current.id,
      phase: current.phase,
      state: current.state,
      rolloutVersion: current.version,
      policyHash: 'p',
      evidenceHash: 'e',
      decision: change.decision ?? 'hold',
      gates: change.gates ?? [],
      heldBy: [],
      earliestAt: null,
      toPhase: 'B',
      rollback: null,
      automation,
      decidedAt: AT,
    },
    request: null,
    votedByReader: false,
    notRecovered: false,
    mayRestart: false,
    ...change.rest,
  };
}

const kinds = (
  actor: Actor,
  rollouts: readonly RolloutFacts[],
  rest: { stops?: Stop[]; reviews?: Review[] } = {},
) =>
  tasksOf({ actor, policy, rollouts, stops: rest.stops ?? [], reviews: rest.reviews ?? [] }).map(
    ({ kind }) => kind,
  );

const request = { id: 'r1', toPhase: 'A', openedAt: new Date(AT), dueAt: new Date(AT) };
const approvals = (missing: string) =>
  gate({ kind: 'approvals', reason: 'approvals_missing', detail: { missing } });

describe('what waits for a person', () => {
  it('asks those who may decide about a required rollback, with its deadline [ROL-3]', () => {
    const required = facts({ rest: { request } });
    const [task] = tasksOf({
      actor: person('on_call'),
      policy,
      rollouts: [required],
      stops: [],
      reviews: [],
    });
    expect(task).toMatchObject({ kind: 'required_rollback', dueAt: AT, href: '/rollouts/autosave#notices' });
    expect(kinds(person('viewer'), [required])).toEqual([]);
  });

  it('asks about a rollback behind a pressed kill switch, too, and then for nothing that goes forward [ROL-3]', () => {
    const halted = facts({
      rollout: { state: 'halted', resumeState: 'awaiting_approval' },
      decision: 'halt',
      gates: [approvals('sre')],
      rest: { request },
    });
    expect(kinds(person('sre'), [halted])).toEqual(['required_rollback']);
  });

  it('asks for an approval only a role that is missing, and only somebody who has not voted [PHA-3]', () => {
    const waiting = (rest: Partial<RolloutFacts> = {}) =>
      facts({
        rollout: { state: 'awaiting_approval' },
        decision: 'await_approval',
        gates: [approvals('dev_lead')],
        rest,
      });
    expect(kinds(person('dev_lead'), [waiting()])).toEqual(['approval']);
    expect(kinds(person('sre'), [waiting()])).toEqual([]);
    expect(kinds(person('dev_lead'), [waiting({ votedByReader: true })])).toEqual([]);
  });

  it('asks nobody for an approval while another gate holds [PHA-3]', () => {
    const held = facts({ decision: 'hold', gates: [approvals('sre, dev_lead')] });
    expect(kinds(person('sre', 'dev_lead'), [held])).toEqual([]);
  });

  it('asks for the last click those whom the phase names, unless the phase clicks by itself or only records [PHA-3]', () => {
    const ready = (automation: Decision['automation']['promotion']) =>
      facts({ rollout: { state: 'awaiting_approval' }, decision: 'promote', automation });
    expect(kinds(person('dev_lead'), [ready('recommend')])).toEqual(['promotion']);
    expect(kinds(person('governance'), [ready('recommend')])).toEqual([]);
    expect(kinds(person('dev_lead'), [ready('act')])).toEqual([]);
    expect(kinds(person('dev_lead'), [ready('shadow')])).toEqual([]);
  });

  it('asks for each signature and answer that is missing, of the role it names [DASH-1, PHA-7]', () => {
    const open = facts({
      gates: [
        gate({
          id: 'signed_off:restore',
          kind: 'signed_off',
          reason: 'sign_offs_missing',
          detail: { panel: 'restore', role: 'reviewer' },
        }),
        gate({
          id: 'checklist:readiness',
          kind: 'checklist',
          reason: 'answers_missing',
          detail: { missing: 'tests-in-ci' },
        }),
      ],
    });
    expect(kinds(person('reviewer'), [open])).toEqual(['sign_off']);
    // The Runbook item is of the SRE, and not among those that are missing.
    expect(kinds(person('data_qa'), [open])).toEqual(['checklist']);
    expect(kinds(person('sre'), [open])).toEqual([]);
  });

  it('calls a person to a step that is not proven and to a watch without recovery [ROL-4, ROL-5]', () => {
    expect(
      kinds(person('on_call'), [facts({ rollout: { state: 'rolling_back', escalatedAt: AT } })]),
    ).toEqual(['unproven']);
    expect(kinds(person('on_call'), [facts({ rollout: { state: 'rolling_back' } })])).toEqual([]);
    expect(
      kinds(person('on_call'), [facts({ rollout: { state: 'watching' }, rest: { notRecovered: true } })]),
    ).toEqual(['not_recovered']);
  });

  it('offers a restart only to whom it is possible for now [ROL-5]', () => {
    const recovered = (mayRestart: boolean) =>
      facts({ rollout: { state: 'awaiting_canary', nextCanaryAt: AT }, rest: { mayRestart } });
    expect(kinds(person('sre'), [recovered(true)])).toEqual(['restart']);
    expect(kinds(person('sre'), [recovered(false)])).toEqual([]);
  });

  it('asks for each agreement to re-arm once, and never for one that has ended [OPS-7]', () => {
    const stop = (change: Partial<Stop> = {}): Stop => ({
      id: 's1',
      epoch: 1,
      kind: 'kill',
      scope: '*',
      inForce: true,
      reason: 'r',
      trigger: 'button',
      personId: 'other',
      personName: 'Other',
      rule: null,
      cause: null,
      orderedAt: AT,
      endsAt: null,
      endedAt: null,
      endedBy: null,
      warnedAt: null,
      releases: [],
      releasesNeeded: 2,
      ...change,
    });
    const mine = { personId: 'me', personName: 'Me', reason: 'r', givenAt: AT };
    expect(kinds(person('sre'), [], { stops: [stop()] })).toEqual(['rearm']);
    expect(kinds(person('on_call'), [], { stops: [stop()] })).toEqual([]);
    expect(kinds(person('sre'), [], { stops: [stop({ releases: [mine] })] })).toEqual([]);
    expect(kinds(person('sre'), [], { stops: [stop({ inForce: false })] })).toEqual([]);
    expect(kinds(person('sre'), [], { stops: [stop({ kind: 'freeze' })] })).toEqual([]);
  });

  it('asks others than who broke the glass to sign, each once', () => {
    const review = (change: Partial<Review> = {}): Review => ({
      id: 'v1',
      rolloutId: 'autosave',
      kind: 'rollback',
      subject: 'phase_change:c1',
      reason: 'r',
      openedById: 'other',
      openedByName: 'Other',
      openedAt: AT,
      needed: 2,
      closedAt: null,
      signatures: [],
      ...change,
    });
    const mine = { personId: 'me', personName: 'Me', comment: 'c', signedAt: AT };
    expect(kinds(person('sre'), [], { reviews: [review()] })).toEqual(['review']);
    expect(kinds(person('sre'), [], { reviews: [review({ openedById: 'me' })] })).toEqual([]);
    expect(kinds(person('sre'), [], { reviews: [review({ signatures: [mine] })] })).toEqual([]);
    expect(kinds(person('viewer'), [], { reviews: [review()] })).toEqual([]);
  });

  it('puts what hurts users now before what can wait', () => {
    const review: Review = {
      id: 'v1',
      rolloutId: null,
      kind: 'kill',
      subject: 'stop_order:s1',
      reason: 'r',
      openedById: 'other',
      openedByName: 'Other',
      openedAt: AT,
      needed: 2,
      closedAt: null,
      signatures: [],
    };
    const waiting = facts({
      rollout: { state: 'awaiting_approval' },
      decision: 'await_approval',
      gates: [approvals('sre')],
    });
    const burning = facts({ rollout: { id: 'autosave-merge', phase: 'B-0' }, rest: { request } });
    expect(kinds(person('sre'), [waiting, burning], { reviews: [review] })).toEqual([
      'required_rollback',
      'approval',
      'review',
    ]);
  });
});
