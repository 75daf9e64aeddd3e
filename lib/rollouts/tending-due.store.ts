import { listOpenRequiredRollbacks } from './rollback/required-rollback.store.ts';
import { lastPhaseChange, listRollouts } from './rollout.store.ts';

/** Whether a step waits for its proof, or a required rollback for its deadline: whoever changed something asks (ROL-3, ROL-4). */
export async function isTendingDue(): Promise<boolean> {
  if ((await listOpenRequiredRollbacks()).some(({ dueAt }) => dueAt !== null)) return true;
  for (const { id } of await listRollouts()) {
    const change = await lastPhaseChange(id);
    if (change !== null && change.proof !== 'proven') return true;
  }
  return false;
}
