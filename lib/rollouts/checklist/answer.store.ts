import { database, type Transaction } from '#lib/database/server.ts';
import type { Rollout } from '../rollout.schema.ts';
import { type ChecklistAnswer, ChecklistAnswerSchema } from './checklist-answer.schema.ts';

type Reader = Transaction | ReturnType<typeof database>;
type Row = Awaited<ReturnType<Transaction['checklistAnswer']['findFirstOrThrow']>>;

function toAnswer({ givenAt, replacedAt, ...row }: Row): ChecklistAnswer {
  return ChecklistAnswerSchema.parse({
    ...row,
    givenAt: givenAt.toISOString(),
    replacedAt: replacedAt?.toISOString() ?? null,
  });
}

/** The answers people gave in this stay in the phase, oldest first, replaced ones included. At most 500. */
export async function listAnswers(
  rollout: Pick<Rollout, 'id' | 'version'>,
  reader: Reader = database(),
): Promise<ChecklistAnswer[]> {
  const rows = await reader.checklistAnswer.findMany({
    where: { rolloutId: rollout.id, rolloutVersion: rollout.version },
    orderBy: [{ givenAt: 'asc' }, { id: 'asc' }],
    take: 500,
  });
  return rows.map(toAnswer);
}

/** The answer that stands for an item, whoever gave it; or null. */
export async function standingAnswer(
  tx: Transaction,
  of: { rolloutId: string; rolloutVersion: number; list: string; item: string },
): Promise<ChecklistAnswer | null> {
  const row = await tx.checklistAnswer.findFirst({ where: { ...of, replacedAt: null } });
  return row ? toAnswer(row) : null;
}

export type NewAnswer = Omit<ChecklistAnswer, 'id' | 'personId' | 'personName' | 'givenAt' | 'replacedAt'> & {
  person: { id: string; name: string };
  givenAt: Date;
};

/** Records an answer in the place of the one that stands, if any; that one is kept as replaced. */
export async function replaceAnswer(tx: Transaction, answer: NewAnswer): Promise<ChecklistAnswer> {
  const { person, ...rest } = answer;
  const { rolloutId, rolloutVersion, list, item } = rest;
  await tx.checklistAnswer.updateMany({
    where: { rolloutId, rolloutVersion, list, item, replacedAt: null },
    data: { replacedAt: answer.givenAt },
  });
  return toAnswer(
    await tx.checklistAnswer.create({ data: { ...rest, personId: person.id, personName: person.name } }),
  );
}
