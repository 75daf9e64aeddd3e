import type { IncidentStep, IncidentStepName } from './step.schema.ts';

/** A reminder of an overdue step: the n-th time it would be due, from 0 at the deadline itself. */
export type Reminder = { step: IncidentStepName; period: number };

/**
 * Which overdue steps people are told of now (INC-2): each once when its deadline has passed; the first of them, which holds
 * the others, again in every period of `remindEverySeconds`. Pure.
 */
export function remindersDue(
  steps: readonly IncidentStep[],
  remindedAt: ReadonlyMap<IncidentStepName, Date>,
  remindEverySeconds: number,
  now: Date,
): Reminder[] {
  const overdue = steps.filter(({ state }) => state === 'overdue');
  return overdue.flatMap(({ step, dueAt }, index) => {
    if (dueAt === null) return [];
    const periodOf = (at: Date) =>
      Math.floor((at.getTime() - Date.parse(dueAt)) / (remindEverySeconds * 1000));
    const last = remindedAt.get(step);
    const period = periodOf(now);
    const due = last === undefined || (index === 0 && period > periodOf(last));
    return due ? [{ step, period }] : [];
  });
}
