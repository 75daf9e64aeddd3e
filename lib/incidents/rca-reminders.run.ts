import { database, inTransaction } from '#lib/database/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import type { IncidentRow } from './incident.store.ts';
import { rcaReminder } from './rca-reminder.ts';
import { tellOfIncident } from './tell.store.ts';

const DAY_MS = 86_400_000;

/** The incidents, open or closed, whose RCA is due within a day or overdue. Owed for major ones: those that required a step back. */
export async function rcasOwed(now: Date): Promise<IncidentRow[]> {
  return await database().incident.findMany({
    where: {
      severity: 'major',
      rcaSharedAt: null,
      rcaDueAt: { lt: new Date(now.getTime() + DAY_MS) },
    },
    orderBy: { number: 'asc' },
  });
}

/**
 * Reminds of an RCA that is due today or overdue, in the thread of its incident (ROL-6); each reminder once, whoever looks.
 * Returns whether it did.
 */
export async function remindOfRca(policy: Policy, row: IncidentRow, now: Date): Promise<boolean> {
  const { id: incidentId, rcaDueAt, rcaSharedAt } = row;
  const rule = { zone: policy.timezone, at: policy.reporting.dailyAt };
  const once = rcaDueAt && rcaReminder({ dueAt: rcaDueAt, sharedAt: rcaSharedAt }, rule, now);
  if (!once) return false;
  return await inTransaction((tx) =>
    tellOfIncident(tx, policy, row, { cause: { kind: 'rca-due', incidentId }, once, at: now }),
  );
}
