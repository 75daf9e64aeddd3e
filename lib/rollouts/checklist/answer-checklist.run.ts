import { inTransaction, publishLive, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import type { LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { requireFacts } from '../people/facts.store.ts';
import { keepAsRead, takeTurn } from '../people/hold-rollout.store.ts';
import { requirePerson } from '../people/person.store.ts';
import type { Trigger } from '../rollout.schema.ts';
import { replaceAnswer, standingAnswer } from './answer.store.ts';
import type { AnswerChecklistOutcome } from './checklist-answer.schema.ts';
import { type AnswerRefusal, answerRefusal } from './plan-answer.ts';

export type AnswerChecklistCommand = {
  rolloutId: string;
  list: string;
  item: string;
  answer: 'yes' | 'no';
  comment: string;
  /** What the person was shown. */
  rolloutVersion: number;
  actor: { id: string; name: string };
  trigger: Trigger;
  now: Date;
  dryRun?: boolean;
};

/**
 * A named person's answer to an item that no machine can answer (PHA-7); a new one takes the place of the one that stands.
 * Safe to repeat. Errors: AppError NOT_FOUND; FORBIDDEN `person_inactive`, `permission_missing`, `role_missing`; CONFLICT
 * `moved_on`, `not_now`; UNPROCESSABLE `item_not_asked`, `answered_by_system`.
 */
export async function answerChecklist(command: AnswerChecklistCommand): Promise<AnswerChecklistOutcome> {
  const loaded = await loadPolicy();
  return inTransaction((tx) => answerIn(tx, loaded, command));
}

async function answerIn(
  tx: Transaction,
  loaded: LoadedPolicy,
  command: AnswerChecklistCommand,
): Promise<AnswerChecklistOutcome> {
  const { rolloutId, list, item, answer, comment, trigger, now } = command;
  await takeTurn(tx, rolloutId);
  const person = await requirePerson(tx, command.actor.id, 'answer_checklist', loaded.policy);
  const facts = await requireFacts(tx, loaded, rolloutId, now);
  const { rollout } = facts;
  if (command.rolloutVersion !== rollout.version)
    throw new AppError(
      'CONFLICT',
      `${rolloutId} is in ${rollout.phase}, version ${rollout.version}; you saw version ${command.rolloutVersion}.`,
      { reason: 'moved_on' },
    );
  const refusal = answerRefusal(facts, { list, item, person });
  if (refusal) throw refusalOf(command, refusal);
  const standing = await standingAnswer(tx, { rolloutId, rolloutVersion: rollout.version, list, item });
  if (standing?.personId === person.id && standing.answer === answer && standing.comment === comment)
    return { outcome: 'already_answered', answer: standing };
  if (command.dryRun) return { outcome: 'would_answer', list, item };
  await keepAsRead(tx, rollout);
  const given = await replaceAnswer(tx, {
    rolloutId,
    phase: rollout.phase,
    rolloutVersion: rollout.version,
    list,
    item,
    answer,
    comment,
    person,
    givenAt: now,
  });
  await publishLive(tx, { topic: 'rollout', rolloutId });
  await appendAudit(tx, {
    actor: person,
    action: 'checklist.answered',
    subject: `rollout:${rolloutId}`,
    reason: comment,
    details: {
      answerId: given.id,
      list,
      item,
      answer,
      replaces: standing?.id ?? null,
      phase: rollout.phase,
      version: rollout.version,
      trigger,
    },
    at: now,
  });
  return { outcome: standing ? 'replaced' : 'answered', answer: given };
}

function refusalOf({ rolloutId, list, item }: AnswerChecklistCommand, refusal: AnswerRefusal): AppError {
  const { refused } = refusal;
  switch (refused) {
    case 'not_now':
      return new AppError('CONFLICT', `${rolloutId} asks nobody for an answer now.`, { reason: refused });
    case 'item_not_asked':
      return new AppError(
        'UNPROCESSABLE',
        `The phase of ${rolloutId} has no item ${item} in a checklist ${list}.`,
        {
          reason: refused,
        },
      );
    case 'answered_by_system':
      return new AppError('UNPROCESSABLE', `${item} is measured, nobody is asked.`, { reason: refused });
    case 'role_missing':
      return new AppError('FORBIDDEN', `${item} is answered by ${refusal.needs}.`, { reason: refused });
  }
}
