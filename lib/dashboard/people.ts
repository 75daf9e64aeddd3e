import { type Actor, can } from '#lib/identity/index.ts';
import { type Phase, previousPhase } from '#lib/policy/index.ts';
import type { Decision } from '#lib/rollouts/index.ts';
import type { DecisionFacts } from '#lib/rollouts/server.ts';
import type {
  ApprovalsView,
  ChecklistItemView,
  ChecklistView,
  EndedWord,
  PromotionView,
  SignOffView,
  StartView,
  VoteObstacle,
  VoteStanding,
  VoteView,
} from './people.schema.ts';
import type { AnswerRow, ApprovalRow, PeoplesWords } from './peoples-words.ts';
import { flagChangesOf } from './phase-timeline.ts';

/** What a reader's view of people's part is made of: the facts, what was decided of them, and everybody's words. */
export type Room = { facts: DecisionFacts; decision: Decision; words: PeoplesWords; reader: Actor };

/** How the votes are counted: the rooms of rollouts say so, pages only show it. */
export type Count = { places: { role: string; needed: number; given: number }[]; people: readonly string[] };

const iso = (at: Date): string => at.toISOString();
const reach = (phase: Phase) => ({ audience: phase.audience, exposureRatio: phase.exposureRatio });
const holdsOneOf = (reader: Actor, roles: readonly string[]): boolean =>
  reader.kind === 'user' && reader.roles.some((role) => roles.includes(role));

/** The roles of a phase's approvals, who has signed, and whether the reader may sign or say no (PHA-3). */
export function approvalsOf(room: Room, count: Count): ApprovalsView {
  const { facts, words, reader } = room;
  const inForce = words.approvals.filter(({ endedAt }) => endedAt === null);
  const signAs = facts.phase.approvals
    .map(({ role }) => role)
    .filter((role) => reader.kind === 'user' && reader.roles.includes(role));
  const obstacle = voteObstacle(room, signAs);
  const own = inForce.find(({ personId }) => personId === reader.id);
  return {
    required: count.places,
    votes: inForce.map((row) => voteOf(row, room, count)),
    ended: words.approvals.flatMap((row) => endedOf(row, row.choice)),
    signAs,
    approveBlockedBy:
      obstacle ??
      (own && standingOf(own, room, count) === 'counts' ? 'voted' : readyForPeople(room) ? null : 'gates'),
    rejectBlockedBy: obstacle ?? (own?.choice === 'reject' ? 'voted' : null),
  };
}

/** Whether everything but people's words is there: nobody is asked to sign a step that is not healthy. */
function readyForPeople({ decision }: Room): boolean {
  const { decision: kind, gates } = decision;
  if (kind === 'halt' || kind === 'roll_back') return false;
  return gates.every(
    (gate) => gate.state === 'met' || gate.kind === 'approvals' || gate.kind === 'not_rejected',
  );
}

/** Whether the rollout is judged, so that people may give their words. */
function isJudged({ facts }: Room): boolean {
  return facts.rollout.state === 'running' || facts.rollout.state === 'awaiting_approval';
}

function voteObstacle(room: Room, signAs: readonly string[]): VoteObstacle | null {
  const { facts, reader } = room;
  if (!can(reader, 'approve', facts.policy)) return 'permission';
  if (signAs.length === 0) return 'role';
  return isJudged(room) ? null : 'state';
}

function voteOf(row: ApprovalRow, room: Room, count: Count): VoteView {
  return {
    id: row.id,
    choice: row.choice === 'approve' ? 'approve' : 'reject',
    role: row.role,
    personName: row.personName,
    comment: row.comment,
    minutesUrl: row.minutesUrl,
    givenAt: iso(row.givenAt),
    expiresAt: row.expiresAt && iso(row.expiresAt),
    standing: standingOf(row, room, count),
    mine: row.personId === room.reader.id,
  };
}

function standingOf(row: ApprovalRow, { facts, decision }: Room, count: Count): VoteStanding {
  if (row.choice !== 'approve') return 'blocks';
  const fact = facts.approvals.find(({ id }) => id === row.id);
  if (!fact || fact.policyHash !== decision.policyHash) return 'policy_changed';
  if (fact.evidenceHash !== decision.evidenceHash) return 'evidence_changed';
  if (fact.expiresAt !== null && fact.expiresAt <= facts.now) return 'expired';
  if (!fact.holdsRole) return 'role_lost';
  return count.people.includes(row.personId) ? 'counts' : 'surplus';
}

function endedOf(
  row: { id: string; personName: string; givenAt: Date; endedAt: Date | null; endReason: string | null },
  what: string,
): EndedWord[] {
  if (row.endedAt === null) return [];
  const { id, personName, endReason } = row;
  return [{ id, what, personName, givenAt: iso(row.givenAt), endedAt: iso(row.endedAt), endReason }];
}

/** What Promote or Complete would do, and why it is not open to the reader. */
export function promotionOf({ facts, decision, reader }: Room, count: Count): PromotionView {
  const { policy, rollout, phase } = facts;
  const next = policy.rollouts[rollout.id]?.phases.find(({ id }) => id === decision.toPhase);
  const open = decision.decision === 'promote' || decision.decision === 'complete';
  const people = new Set([...count.people, reader.id]);
  return {
    kind: next ? 'promote' : 'complete',
    fromPhase: phase.id,
    toPhase: next?.id ?? null,
    from: reach(phase),
    to: next ? reach(next) : null,
    flagChanges: next ? flagChangesOf(policy, rollout.id, phase.flags, next.flags) : [],
    blockedBy: !open
      ? 'gates'
      : !can(reader, 'promote', policy) || !holdsOneOf(reader, phase.promoteBy)
        ? 'role'
        : people.size < 2
          ? 'four_eyes'
          : null,
    allowedRoles: phase.promoteBy,
  };
}

/** Start, while the rollout is being prepared; null in every other state. */
export function startOf({ facts, reader }: Room): StartView | null {
  const { policy, rollout, phase } = facts;
  const place = rollout.state === 'halted' ? rollout.resumeState : rollout.state;
  if (place !== 'preparing') return null;
  const before = previousPhase(policy, rollout.id, phase.id)?.flags;
  return {
    phase: phase.id,
    to: reach(phase),
    flagChanges: flagChangesOf(
      policy,
      rollout.id,
      before ?? policy.rollouts[rollout.id]?.flagDefaults ?? {},
      phase.flags,
    ),
    blockedBy:
      rollout.state === 'halted'
        ? 'halted'
        : can(reader, 'promote', policy) && holdsOneOf(reader, phase.promoteBy)
          ? null
          : 'role',
    allowedRoles: phase.promoteBy,
  };
}

type ItemState = {
  item: {
    id: string;
    label: { ja: string; en: string };
    check?: string | undefined;
    role?: string | undefined;
  };
  answer: 'yes' | 'no' | null;
  by: 'system' | 'person';
};

/** The phase's checklists, item by item. `itemsOf` evaluates one list, the system's answers included (PHA-7). */
export function checklistsOf(room: Room, itemsOf: (list: string) => readonly ItemState[]): ChecklistView[] {
  return room.facts.phase.gates.flatMap((gate) =>
    gate.kind === 'checklist'
      ? [
          {
            gateId: `checklist:${gate.list}`,
            list: gate.list,
            items: itemsOf(gate.list).map((state) =>
              itemOf(
                state,
                room.words.answers.find(({ list, item }) => list === gate.list && item === state.item.id),
                room,
              ),
            ),
          },
        ]
      : [],
  );
}

function itemOf(state: ItemState, row: AnswerRow | undefined, room: Room): ChecklistItemView {
  const { facts, reader } = room;
  const { item, answer, by } = state;
  return {
    id: item.id,
    label: item.label,
    by,
    check: item.check ?? null,
    role: item.role ?? null,
    answer,
    personName: row?.personName ?? null,
    comment: row?.comment ?? null,
    givenAt: row ? iso(row.givenAt) : null,
    roleLost: row !== undefined && by === 'person' && answer === null,
    evidence: item.check ? evidenceOf(item.check, facts) : null,
    mayAnswer:
      isJudged(room) &&
      item.role !== undefined &&
      can(reader, 'answer_checklist', facts.policy) &&
      reader.roles.includes(item.role),
  };
}

/** What the system's answer rests on. */
function evidenceOf(check: string, facts: DecisionFacts): ChecklistItemView['evidence'] {
  const newest = facts.verdicts[0];
  switch (check) {
    case 'objectives_measured':
      return {
        count: facts.metrics.filter((m) => !m.shadow && m.limit !== null && m.value !== null).length,
        at: newest ? iso(newest.windowEnd) : null,
      };
    case 'telemetry_valid':
      return { count: facts.quarantineOpenCount, at: iso(facts.now) };
    case 'objectives_met':
      return { count: null, at: newest ? iso(newest.windowEnd) : null };
    default:
      return { count: null, at: facts.rollout.nextCanaryAt };
  }
}

/** The panels that the way out of this phase needs signed: by whom, since when, and whether the reader may sign. */
export function signOffsOf(room: Room): SignOffView[] {
  const { facts, words, reader } = room;
  return facts.phase.gates.flatMap((gate) => {
    if (gate.kind !== 'signed_off') return [];
    return gate.panels.map((panel): SignOffView => {
      const rows = words.signOffs.filter((row) => row.panel === panel && row.role === gate.role);
      const counts = (each: (typeof rows)[number]) =>
        facts.signOffs.some(
          (fact) => fact.panel === panel && fact.role === each.role && fact.personId === each.personId,
        );
      const row = rows.find(
        (each) => each.endedAt === null && each.policyHash === facts.policyHash && counts(each),
      );
      return {
        gateId: `signed_off:${panel}`,
        panel,
        role: gate.role,
        signed: row
          ? {
              id: row.id,
              personName: row.personName,
              comment: row.comment,
              link: row.link,
              givenAt: iso(row.givenAt),
              mine: row.personId === reader.id,
            }
          : null,
        ended: rows.flatMap((each) =>
          each.endedAt === null && each !== row
            ? endedOf(
                {
                  ...each,
                  endedAt: facts.now,
                  endReason: each.policyHash === facts.policyHash ? 'role_lost' : 'policy_changed',
                },
                each.role,
              )
            : endedOf(each, each.role),
        ),
        blockedBy: !can(reader, 'sign_off', facts.policy)
          ? 'permission'
          : !holdsOneOf(reader, [gate.role])
            ? 'role'
            : row
              ? 'signed'
              : isJudged(room)
                ? null
                : 'state',
      };
    });
  });
}
