import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { decide } from '../decision/decide.ts';
import { loadDecisionFacts } from '../decision/facts.store.ts';
import {
  addPerson,
  forgetRollouts,
  insistently,
  type Person,
  READY_AT,
} from '../people/ready-rollout.fixture.ts';
import { ensureRollouts } from '../start.run.ts';
import { listAnswers } from './answer.store.ts';
import { type AnswerChecklistCommand, answerChecklist } from './answer-checklist.run.ts';

let qa: Person;
let otherQa: Person;
let sre: Person;

beforeAll(async () => {
  await testDatabase();
  qa = await addPerson('qa', ['data_qa']);
  otherQa = await addPerson('other', ['data_qa']);
  sre = await addPerson('sre', ['sre']);
});
afterAll(disconnectDatabase);
beforeEach(async () => {
  await forgetRollouts();
  await ensureRollouts(READY_AT);
});

const answer = (person: Person, change: Partial<AnswerChecklistCommand> = {}): AnswerChecklistCommand => ({
  rolloutId: 'autosave-merge',
  list: 'readiness',
  item: 'tests-in-ci',
  answer: 'yes',
  comment: '',
  rolloutVersion: 1,
  actor: person,
  trigger: 'button',
  now: READY_AT,
  ...change,
});
async function gate() {
  const facts = await loadDecisionFacts(database(), await loadPolicy(), 'autosave-merge', READY_AT);
  return facts && decide(facts).gates.find(({ kind }) => kind === 'checklist');
}

describe('the checklist of a phase', () => {
  it('is answered by named people where no machine can know, and the gate names what is open [PHA-7]', async () => {
    const before = await gate();
    expect(before).toMatchObject({ state: 'unmet', needed: 5 });
    expect(await answerChecklist(answer(qa, { comment: 'see the pipeline' }))).toMatchObject({
      outcome: 'answered',
      answer: { personId: qa.id, personName: 'qa', comment: 'see the pipeline', phase: 'A-0' },
    });
    expect((await gate())?.now).toBe((before?.now ?? 0) + 1);
    expect(await answerChecklist(answer(sre, { item: 'runbook-linked' }))).toMatchObject({
      outcome: 'answered',
    });
    expect(await database().auditEntry.findFirst({ orderBy: { seq: 'desc' } })).toMatchObject({
      action: 'checklist.answered',
      actorId: sre.id,
    });
  });

  it('holds on a no, and keeps what a later answer replaced [PHA-7]', async () => {
    await answerChecklist(answer(qa));
    expect(await answerChecklist(answer(otherQa, { answer: 'no', comment: 'one is missing' }))).toMatchObject(
      { outcome: 'replaced' },
    );
    expect(await gate()).toMatchObject({ reason: 'answered_no', detail: { missing: 'tests-in-ci' } });
    await answerChecklist(answer(qa, { comment: 'added' }));
    expect(await gate()).not.toMatchObject({ reason: 'answered_no' });
    const kept = await listAnswers({ id: 'autosave-merge', version: 1 });
    expect(kept.map(({ answer: word, replacedAt }) => [word, replacedAt !== null])).toEqual([
      ['yes', true],
      ['no', true],
      ['yes', false],
    ]);
  });

  it('counts only while its giver may give it: a lost role and a disabled person are followed at once [PHA-7] [PHA-3]', async () => {
    const leaver = await addPerson('leaver', ['data_qa']);
    const before = await gate();
    const more = (before?.now ?? 0) + 1;
    await answerChecklist(answer(leaver));
    expect((await gate())?.now).toBe(more);
    const demote = () => database().userRole.deleteMany({ where: { userId: leaver.id } });
    const role = { userId: leaver.id, role: 'data_qa', grantedBy: 'test' };
    await demote();
    expect((await gate())?.now).toBe(before?.now);
    await database().userRole.create({ data: role });
    expect((await gate())?.now).toBe(more);
    await database().user.update({ where: { id: leaver.id }, data: { disabledAt: READY_AT } });
    expect((await gate())?.now).toBe(before?.now);
    await answerChecklist(answer(otherQa));
    expect((await gate())?.now).toBe(more);
  });

  it('keeps one answer per item, however many give it at once [PHA-7]', async () => {
    const command = answer(qa);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => insistently(() => answerChecklist(command))),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'answered')).toHaveLength(1);
    expect(outcomes.filter(({ outcome }) => outcome === 'already_answered')).toHaveLength(19);
    expect(await listAnswers({ id: 'autosave-merge', version: 1 })).toHaveLength(1);
  });

  it.each([
    ['what a machine measures', { item: 'schema-valid' }, 'UNPROCESSABLE', 'answered_by_system'],
    [
      'an item of another phase',
      { list: 'transition', item: 'qa-checklist' },
      'UNPROCESSABLE',
      'item_not_asked',
    ],
    ['an item there is not', { item: 'x' }, 'UNPROCESSABLE', 'item_not_asked'],
    ["another role's item", { item: 'runbook-linked' }, 'FORBIDDEN', 'role_missing'],
    ['an earlier stay', { rolloutVersion: 9 }, 'CONFLICT', 'moved_on'],
    ['an unknown rollout', { rolloutId: 'x' }, 'NOT_FOUND', undefined],
    ['a rollout that was not started', { rolloutId: 'autosave' }, 'CONFLICT', 'not_now'],
  ] as const)('takes no answer to %s [PHA-7]', async (_, change, code, reason) => {
    await expect(answerChecklist(answer(qa, change))).rejects.toMatchObject({
      code,
      ...(reason && { reason }),
    });
    expect(await listAnswers({ id: 'autosave-merge', version: 1 })).toEqual([]);
  });

  it('says on a dry run that it would be taken, and keeps nothing [PHA-7]', async () => {
    expect(await answerChecklist(answer(qa, { dryRun: true }))).toMatchObject({ outcome: 'would_answer' });
    expect(await listAnswers({ id: 'autosave-merge', version: 1 })).toEqual([]);
  });
});
