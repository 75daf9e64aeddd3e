import { database, inTransaction } from '#lib/database/server.ts';
import { enqueueMessage } from '#lib/outbox/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import { rcaReminder } from './rca-reminder.ts';

const DAY_MS = 86_400_000;

/**
 * Reminds of RCAs that are due today or overdue, in the threads of their incidents, open or closed (ROL-6); each reminder
 * once, whoever looks. Owed for major incidents: those that required a step back. Returns the incidents.
 */
export async function remindOfRcas(policy: Policy, now: Date): Promise<string[]> {
  const owed = await database().incident.findMany({
    where: {
      severity: 'major',
      rcaSharedAt: null,
      rcaDueAt: { lt: new Date(now.getTime() + DAY_MS) },
    },
    orderBy: { number: 'asc' },
  });
  const rule = { zone: policy.timezone, at: policy.reporting.dailyAt };
  const reminded: string[] = [];
  for (const { id, rolloutId, phase, rcaDueAt, rcaSharedAt } of owed) {
    const name = rcaDueAt && rcaReminder({ dueAt: rcaDueAt, sharedAt: rcaSharedAt }, rule, now);
    if (!name) continue;
    const written = await inTransaction((tx) =>
      enqueueMessage(tx, policy, {
        dedupKey: `rca-due:${id}:${name}`,
        cause: { kind: 'rca-due', incidentId: id },
        rolloutId,
        phase,
        incidentId: id,
        severity: 'major',
        at: now,
      }),
    );
    if (written !== null) reminded.push(id);
  }
  return reminded;
}
