import type { Transaction } from '#lib/database/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import { INCIDENT_STEPS, type IncidentStepName, IncidentStepNameSchema } from './step.schema.ts';
import { dueAtOf, type StepRecord } from './step-rules.ts';

export type StepRow = StepRecord & { remindedAt: Date | null };

/** Lays down the five steps of an incident with their deadlines, once. */
export async function layDownSteps(
  tx: Transaction,
  incident: { id: string; openedAt: Date },
  policy: Policy,
): Promise<void> {
  await tx.incidentStep.createMany({
    data: INCIDENT_STEPS.map((step, position) => ({
      incidentId: incident.id,
      step,
      position,
      dueAt: dueAtOf(step, incident, policy),
    })),
    skipDuplicates: true,
  });
}

/** The steps on record, in their order. */
export async function readSteps(
  tx: Pick<Transaction, 'incidentStep'>,
  incidentId: string,
): Promise<StepRow[]> {
  const rows = await tx.incidentStep.findMany({ where: { incidentId }, orderBy: { position: 'asc' } });
  return rows.map(({ step, doneAt, doneByName, comment, remindedAt }) => ({
    step: IncidentStepNameSchema.parse(step),
    doneAt,
    doneByName,
    comment,
    remindedAt,
  }));
}

/** Puts a step on record as done. Returns whether it was this call that did. */
export async function completeStep(
  tx: Transaction,
  done: {
    incidentId: string;
    step: IncidentStepName;
    by: { id: string; name: string };
    evidence: Record<string, string | number | string[] | null>;
    comment?: string;
    at: Date;
  },
): Promise<boolean> {
  const { count } = await tx.incidentStep.updateMany({
    where: { incidentId: done.incidentId, step: done.step, doneAt: null },
    data: {
      doneAt: done.at,
      doneById: done.by.id,
      doneByName: done.by.name,
      evidence: done.evidence,
      ...(done.comment === undefined ? {} : { comment: done.comment }),
    },
  });
  return count === 1;
}

export async function noteReminder(
  tx: Transaction,
  incidentId: string,
  step: IncidentStepName,
  at: Date,
): Promise<void> {
  await tx.incidentStep.update({
    where: { incidentId_step: { incidentId, step } },
    data: { remindedAt: at },
  });
}
