import { type Actor, can } from '#lib/identity/index.ts';
import type { Phase, Policy } from '#lib/policy/index.ts';
import type { Decision, Review, Rollout, Stop } from '#lib/rollouts/index.ts';
import { TASK_KINDS, type Task, type TaskKind } from './attention.schema.ts';
import type { Text } from './text.schema.ts';

/** What is known of one rollout when tasks are looked for. */
export type RolloutFacts = {
  rollout: Rollout;
  phase: Phase;
  /** What is decided of it now; null where it cannot be told. */
  decision: Decision | null;
  /** An open request that a person may decide. */
  request: { id: string; toPhase: string | null; openedAt: Date; dueAt: Date | null } | null;
  /** The reader has a vote on record that still stands. */
  votedByReader: boolean;
  /** The incident of a watch that ended without recovery is open. */
  notRecovered: boolean;
  /** The reader could begin the climb again now. */
  mayRestart: boolean;
};

type Reader = { actor: Actor; policy: Policy };
type About = { about?: Text | null; since?: string | null; dueAt?: string | null };

/**
 * What waits for this reader (PHA-3, ROL-3), the most urgent first: only what their roles allow and what still needs
 * them. Pure; the server decides again when something is pressed.
 */
export function tasksOf(input: {
  actor: Actor;
  policy: Policy;
  rollouts: readonly RolloutFacts[];
  stops: readonly Stop[];
  reviews: readonly Review[];
}): Task[] {
  const { actor, policy } = input;
  const reader = { actor, policy };
  const tasks = [
    ...input.rollouts.flatMap((facts) => rolloutTasks(reader, facts)),
    ...input.stops.flatMap((stop) => rearmTasks(reader, stop)),
    ...input.reviews.flatMap((review) => reviewTasks(reader, review)),
  ];
  const rank = (task: Task) => TASK_KINDS.indexOf(task.kind);
  return tasks.sort((a, b) => rank(a) - rank(b) || (a.since ?? '').localeCompare(b.since ?? ''));
}

function rolloutTasks(reader: Reader, facts: RolloutFacts): Task[] {
  const { rollout } = facts;
  const place = rollout.state === 'halted' ? rollout.resumeState : rollout.state;
  return [
    ...requestTasks(reader, facts),
    ...escalationTasks(reader, facts, place),
    ...(rollout.state === 'halted' ? [] : forwardTasks(reader, facts)),
  ];
}

function requestTasks(reader: Reader, facts: RolloutFacts): Task[] {
  const { rollout, request } = facts;
  if (!request || !may(reader, 'decide_rollback')) return [];
  return [
    taskOf(reader, 'required_rollback', rollout, request.id, 'notices', {
      since: request.openedAt.toISOString(),
      dueAt: request.dueAt?.toISOString() ?? null,
    }),
  ];
}

function escalationTasks(reader: Reader, facts: RolloutFacts, place: Rollout['state'] | null): Task[] {
  const { rollout, notRecovered } = facts;
  if (!may(reader, 'roll_back')) return [];
  const since = rollout.escalatedAt;
  if (since !== null && (place === 'rolling_back' || place === 'promoting'))
    return [taskOf(reader, 'unproven', rollout, rollout.id, 'notices', { since })];
  if (place === 'watching' && (since !== null || notRecovered))
    return [taskOf(reader, 'not_recovered', rollout, rollout.id, 'notices', { since })];
  return [];
}

/** What brings a rollout on. */
function forwardTasks(reader: Reader, facts: RolloutFacts): Task[] {
  const { rollout, phase, decision } = facts;
  const promotes = may(reader, 'promote') && holdsOneOf(reader, phase.promoteBy);
  switch (rollout.state) {
    case 'preparing':
      return promotes
        ? [taskOf(reader, 'start', rollout, rollout.id, 'notices', { since: rollout.stateEnteredAt })]
        : [];
    case 'awaiting_canary':
      return facts.mayRestart
        ? [taskOf(reader, 'restart', rollout, rollout.id, 'notices', { since: rollout.nextCanaryAt })]
        : [];
    case 'running':
    case 'awaiting_approval':
      return decision ? gateTasks(reader, facts, decision, promotes) : [];
    default:
      return [];
  }
}

function gateTasks(reader: Reader, facts: RolloutFacts, decision: Decision, promotes: boolean): Task[] {
  const { rollout } = facts;
  const automation = facts.phase.automation.promotion;
  // A shadow asks nobody.
  if (automation === 'shadow') return [];
  const tasks: Task[] = [];
  const goesOn = decision.decision === 'promote' || decision.decision === 'complete';
  if (goesOn && promotes && automation === 'recommend')
    tasks.push(
      taskOf(reader, 'promotion', rollout, decision.evidenceHash, 'approvals', {
        since: rollout.stateEnteredAt,
      }),
    );
  if (decision.decision === 'await_approval' && approves(reader, facts, decision))
    tasks.push(
      taskOf(reader, 'approval', rollout, decision.evidenceHash, 'approvals', {
        since: rollout.stateEnteredAt,
      }),
    );
  for (const gate of decision.gates) {
    if (gate.state === 'met') continue;
    if (
      gate.kind === 'signed_off' &&
      may(reader, 'sign_off') &&
      holdsOneOf(reader, [`${gate.detail.role}`])
    ) {
      const panel = String(gate.detail.panel);
      tasks.push(
        taskOf(reader, 'sign_off', rollout, panel, `panel-${panel}`, {
          about: Object.entries(reader.policy.panels).find(([id]) => id === panel)?.[1].label ?? null,
        }),
      );
    }
    if (gate.kind === 'checklist' && may(reader, 'answer_checklist'))
      tasks.push(...checklistTasks(reader, rollout, gate.id.slice('checklist:'.length)));
  }
  return tasks.filter((task) => task.kind !== 'checklist' || isOpenItem(decision, task.id));
}

function checklistTasks(reader: Reader, rollout: Rollout, list: string): Task[] {
  return (reader.policy.checklists[list] ?? []).flatMap((item) =>
    item.role !== undefined && holdsOneOf(reader, [item.role])
      ? [taskOf(reader, 'checklist', rollout, `${list}:${item.id}`, 'gates', { about: item.label })]
      : [],
  );
}

/** Items that nobody has answered; the gate names them. */
function isOpenItem(decision: Decision, taskId: string): boolean {
  const item = taskId.split(':').at(-1) ?? '';
  return decision.gates.some(
    (gate) =>
      gate.kind === 'checklist' &&
      String(gate.detail.missing ?? '')
        .split(', ')
        .includes(item),
  );
}

function approves(reader: Reader, facts: RolloutFacts, decision: Decision): boolean {
  if (facts.votedByReader || !may(reader, 'approve')) return false;
  const gate = decision.gates.find(({ kind }) => kind === 'approvals');
  const missing = String(gate?.detail.missing ?? '').split(', ');
  return holdsOneOf(reader, missing);
}

function rearmTasks(reader: Reader, stop: Stop): Task[] {
  const agreed = stop.releases.some(({ personId }) => personId === reader.actor.id);
  if (stop.kind !== 'kill' || !stop.inForce || agreed || !may(reader, 'rearm')) return [];
  return [
    {
      id: `rearm:${stop.id}`,
      kind: 'rearm',
      rolloutId: stop.scope === '*' ? null : stop.scope,
      rolloutLabel: labelOf(reader.policy, stop.scope),
      phase: null,
      about: null,
      since: stop.orderedAt,
      dueAt: null,
      href: `/stops#stop-${stop.id}`,
    },
  ];
}

function reviewTasks(reader: Reader, review: Review): Task[] {
  const signed = review.signatures.some(({ personId }) => personId === reader.actor.id);
  const own = review.openedById === reader.actor.id;
  if (review.closedAt !== null || signed || own || !may(reader, 'sign_review')) return [];
  return [
    {
      id: `review:${review.id}`,
      kind: 'review',
      rolloutId: review.rolloutId,
      rolloutLabel: labelOf(reader.policy, review.rolloutId),
      phase: null,
      about: null,
      since: review.openedAt,
      dueAt: null,
      href: `/inbox#review-${review.id}`,
    },
  ];
}

function taskOf(
  reader: Reader,
  kind: TaskKind,
  rollout: Rollout,
  key: string,
  /** Where on the rollout's page it is done. */
  anchor: 'notices' | 'gates' | 'approvals' | `panel-${string}`,
  rest: About,
): Task {
  return {
    id: `${kind}:${rollout.id}:${key}`,
    kind,
    rolloutId: rollout.id,
    rolloutLabel: labelOf(reader.policy, rollout.id),
    phase: rollout.phase,
    about: rest.about ?? null,
    since: rest.since ?? null,
    dueAt: rest.dueAt ?? null,
    href: `/rollouts/${encodeURIComponent(rollout.id)}#${anchor}`,
  };
}

const may = ({ actor, policy }: Reader, permission: Parameters<typeof can>[1]) =>
  can(actor, permission, policy);
const holdsOneOf = ({ actor }: Reader, roles: readonly string[]) =>
  actor.roles.some((role) => roles.includes(role));

/** A rollout's name; its id where the policy has none, null for every rollout. */
export function labelOf(policy: Policy, rolloutId: string | null): Text | null {
  if (rolloutId === null || rolloutId === '*') return null;
  return policy.rollouts[rolloutId]?.label ?? { ja: rolloutId, en: rolloutId };
}
