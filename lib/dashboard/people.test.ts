import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Actor } from '#lib/identity/index.ts';
import { findPhase, parsePolicy } from '#lib/policy/index.ts';
import type { Decision, DecisionKind, RolloutState } from '#lib/rollouts/index.ts';
import type { DecisionFacts } from '#lib/rollouts/server.ts';
import {
  approvalsOf,
  type Count,
  checklistsOf,
  promotionOf,
  type Room,
  signOffsOf,
  startOf,
} from './people.ts';
import type { ApprovalRow, PeoplesWords, SignOffRow } from './peoples-words.ts';

const read = (file: string) => ({ file, text: readFileSync(file, 'utf8') });
const { policy } = parsePolicy({
  policy: read('governance/policy.yaml'),
  events: read('governance/events.yaml'),
});
const NOW = new Date('2026-11-21T05:00:00Z');
const AT = '2026-11-20T00:00:00.000Z';

type Case = {
  phase?: string;
  rollout?: string;
  state?: RolloutState;
  decision?: DecisionKind;
  roles?: string[];
  words?: Partial<PeoplesWords>;
  approvals?: DecisionFacts['approvals'];
  gates?: Decision['gates'];
  /** The signatures that count; else all that have not ended. */
  signOffs?: DecisionFacts['signOffs'];
};

function room({
  rollout: id = 'autosave',
  phase: phaseId = 'B',
  state = 'awaiting_approval',
  decision = 'await_approval',
  roles = ['sre'],
  words = {},
  approvals = [],
  gates = [],
  signOffs = words.signOffs ?? [],
}: Case = {}): Room {
  const phase = findPhase(policy, id, phaseId);
  if (!phase) throw new Error(`no phase ${phaseId}`);
  const phases = policy.rollouts[id]?.phases ?? [];
  const facts: DecisionFacts = {
    policy,
    policyHash: 'policy',
    rollout: {
      id,
      phase: phaseId,
      state,
      resumeState: null,
      version: 4,
      revision: 9,
      phaseEnteredAt: AT,
      stateEnteredAt: AT,
      watchUntil: null,
      nextCanaryAt: null,
      escalatedAt: null,
    },
    phase,
    now: NOW,
    verdicts: [],
    metrics: [],
    newestCollectedWindowEnd: NOW,
    unreadSources: [],
    stops: [],
    incidents: [],
    reviews: [],
    rollbackPending: false,
    policyUsable: true,
    flagsAsPolicy: true,
    quarantineOpenCount: 3,
    canaryPlanned: true,
    answers: [],
    signOffs,
    approvals,
  };
  const made: Decision = {
    rolloutId: id,
    phase: phaseId,
    state,
    rolloutVersion: 4,
    policyHash: 'policy',
    evidenceHash: 'evidence',
    decision,
    gates,
    heldBy: [],
    earliestAt: null,
    toPhase: phases[phases.indexOf(phase) + 1]?.id ?? null,
    rollback: null,
    automation: phase.automation,
    decidedAt: NOW.toISOString(),
  };
  const reader: Actor = { kind: 'user', id: 'me', name: 'Me', roles, scopes: [] };
  return { facts, decision: made, words: { approvals: [], signOffs: [], answers: [], ...words }, reader };
}

const HELD = {
  state: 'unmet',
  reason: 'run_too_short',
  now: null,
  needed: null,
  unit: null,
  since: null,
  earliestAt: null,
  detail: {},
} as const;

const none: Count = { places: [{ role: 'sre', needed: 1, given: 0 }], people: [] };
const all = (...people: string[]): Count => ({ places: [{ role: 'sre', needed: 1, given: 1 }], people });

const vote = (over: Partial<ApprovalRow> = {}): ApprovalRow => ({
  id: 'v1',
  choice: 'approve',
  role: 'sre',
  comment: '',
  minutesUrl: null,
  personId: 'them',
  personName: 'Them',
  givenAt: NOW,
  expiresAt: null,
  endedAt: null,
  endReason: null,
  ...over,
});
const fact = (
  over: Partial<DecisionFacts['approvals'][number]> = {},
): DecisionFacts['approvals'][number] => ({
  id: 'v1',
  personId: 'them',
  role: 'sre',
  choice: 'approve',
  evidenceHash: 'evidence',
  policyHash: 'policy',
  givenAt: NOW,
  expiresAt: null,
  holdsRole: true,
  ...over,
});

describe('approving, said before the click [PHA-3, DASH-5]', () => {
  it('is open to somebody with the role once the other conditions are met, and not before', () => {
    expect(approvalsOf(room(), none)).toMatchObject({
      signAs: ['sre'],
      approveBlockedBy: null,
      rejectBlockedBy: null,
    });
    const short = { ...HELD, kind: 'met_for', id: 'met_for' } as const;
    expect(approvalsOf(room({ state: 'running', decision: 'hold', gates: [short] }), none)).toMatchObject({
      approveBlockedBy: 'gates',
      rejectBlockedBy: null,
    });
  });

  it('is open beside a no, but not while a rollback is asked for', () => {
    const no = { ...HELD, kind: 'not_rejected', id: 'not_rejected' } as const;
    expect(approvalsOf(room({ decision: 'hold', gates: [no] }), none).approveBlockedBy).toBeNull();
    expect(approvalsOf(room({ decision: 'roll_back' }), none).approveBlockedBy).toBe('gates');
  });

  it('says whether the permission, the role or the state is missing', () => {
    expect(approvalsOf(room({ roles: ['viewer'] }), none).approveBlockedBy).toBe('permission');
    expect(approvalsOf(room({ roles: ['governance'] }), none).approveBlockedBy).toBe('role');
    expect(approvalsOf(room({ state: 'watching' }), none).rejectBlockedBy).toBe('state');
  });

  it('does not ask twice, but lets a no stand beside an earlier yes of the same person', () => {
    const own = { words: { approvals: [vote({ personId: 'me' })] }, approvals: [fact({ personId: 'me' })] };
    expect(approvalsOf(room(own), all('me'))).toMatchObject({
      approveBlockedBy: 'voted',
      rejectBlockedBy: null,
      votes: [{ mine: true, standing: 'counts' }],
    });
  });

  it.each([
    ['evidence_changed', { evidenceHash: 'older' }],
    ['policy_changed', { policyHash: 'older' }],
    ['expired', { expiresAt: NOW }],
    ['role_lost', { holdsRole: false }],
    ['counts', {}],
  ] as const)('shows a signature as %s', (standing, over) => {
    const words = { approvals: [vote()] };
    const shown = approvalsOf(room({ words, approvals: [fact(over)] }), all('them'));
    expect(shown.votes.map((each) => each.standing)).toEqual([standing]);
  });

  it('keeps what has ended apart, with its reason', () => {
    const words = { approvals: [vote({ endedAt: NOW, endReason: 'withdrawn' })] };
    expect(approvalsOf(room({ words }), none)).toMatchObject({
      votes: [],
      ended: [{ what: 'approve', endReason: 'withdrawn' }],
    });
  });
});

describe('the last click [DASH-5]', () => {
  it('says what changes for whom', () => {
    expect(promotionOf(room({ decision: 'promote' }), all('them'))).toMatchObject({
      kind: 'promote',
      fromPhase: 'B',
      toPhase: 'C',
      from: { exposureRatio: 0.3 },
      to: { exposureRatio: 1 },
      blockedBy: null,
      flagChanges: [
        { flagKey: 'autosave.enabled', before: true, after: true, alsoControlledBy: ['autosave-merge'] },
      ],
    });
  });

  it('needs every condition, a role of the phase and a second person', () => {
    expect(promotionOf(room(), none).blockedBy).toBe('gates');
    expect(promotionOf(room({ decision: 'promote', roles: ['dev_lead'] }), all('them')).blockedBy).toBe(
      'role',
    );
    expect(promotionOf(room({ decision: 'promote' }), all('me')).blockedBy).toBe('four_eyes');
  });

  it('completes the last phase instead', () => {
    const last = room({ phase: 'C', decision: 'complete', roles: ['governance'] });
    expect(promotionOf(last, all('them'))).toMatchObject({
      kind: 'complete',
      toPhase: null,
      blockedBy: null,
    });
  });

  it('is Start while a rollout is prepared, and shows what comes on', () => {
    expect(startOf(room())).toBeNull();
    expect(startOf(room({ phase: 'A', state: 'preparing' }))).toMatchObject({
      phase: 'A',
      blockedBy: null,
      flagChanges: [{ flagKey: 'autosave.enabled', before: false, after: true }],
    });
    expect(startOf(room({ phase: 'A', state: 'preparing', roles: ['viewer'] }))?.blockedBy).toBe('role');
  });
});

const signature = (over: Partial<SignOffRow> = {}): SignOffRow => ({
  id: 's1',
  panel: 'autosave',
  role: 'reviewer',
  comment: 'seen',
  link: null,
  policyHash: 'policy',
  personId: 'them',
  personName: 'Them',
  givenAt: NOW,
  endedAt: null,
  endReason: null,
  ...over,
});

describe('signatures under panels [DASH-1, DASH-2]', () => {
  it('are asked for each panel of the gate, from the role of the gate', () => {
    const shown = signOffsOf(room({ roles: ['reviewer'], words: { signOffs: [signature()] } }));
    expect(shown.map(({ panel, blockedBy }) => [panel, blockedBy])).toEqual([
      ['autosave', 'signed'],
      ['restore', null],
    ]);
    expect(signOffsOf(room())[0]?.blockedBy).toBe('role');
    const halted = signOffsOf(room({ roles: ['reviewer'], state: 'watching' }));
    expect(halted[0]?.blockedBy).toBe('state');
  });

  it('are void when their giver no longer holds the role, and say so [PHA-3]', () => {
    const [shown] = signOffsOf(
      room({ roles: ['reviewer'], words: { signOffs: [signature()] }, signOffs: [] }),
    );
    expect(shown).toMatchObject({ signed: null, blockedBy: null, ended: [{ endReason: 'role_lost' }] });
  });

  it('are void under another policy, and say so', () => {
    const [shown] = signOffsOf(room({ words: { signOffs: [signature({ policyHash: 'older' })] } }));
    expect(shown).toMatchObject({ signed: null, ended: [{ endReason: 'policy_changed' }] });
  });
});

it('answers of a checklist carry the evidence of the system or the name of a person [PHA-7]', () => {
  const here = room({
    rollout: 'autosave-merge',
    phase: 'B-0',
    roles: ['data_qa'],
    words: {
      answers: [
        {
          list: 'transition',
          item: 'qa-checklist',
          answer: 'yes',
          comment: 'done',
          personName: 'QA',
          givenAt: NOW,
        },
      ],
    },
  });
  const items = (policy.checklists.transition ?? []).map((item) => ({
    item,
    answer: 'yes' as const,
    by: item.check ? ('system' as const) : ('person' as const),
  }));
  const [list] = checklistsOf(here, () => items);
  expect(list?.items.find(({ id }) => id === 'schema-valid')).toMatchObject({
    evidence: { count: 3 },
    mayAnswer: false,
  });
  expect(list?.items.find(({ id }) => id === 'qa-checklist')).toMatchObject({
    personName: 'QA',
    comment: 'done',
    mayAnswer: true,
    evidence: null,
    roleLost: false,
  });
  const [demoted] = checklistsOf(here, () =>
    items.map((each) => (each.by === 'person' ? { ...each, answer: null } : each)),
  );
  expect(demoted?.items.find(({ id }) => id === 'qa-checklist')).toMatchObject({
    personName: 'QA',
    answer: null,
    roleLost: true,
  });
});
