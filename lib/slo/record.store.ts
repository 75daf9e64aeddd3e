import { database } from '#lib/database/server.ts';
import type { SloRecord } from './counts.ts';
import { SloReportSchema } from './slo-report.schema.ts';

const RecordSchema = SloReportSchema.pick({ steps: true, incidents: true, approvals: true, signOffs: true });

/**
 * Steps, approvals and signatures of [from, to), and the incidents that were open at any moment of it, oldest first.
 * Errors: the database's; a ZodError for a row that is none.
 */
export async function readRecord(rolloutId: string, from: Date, to: Date): Promise<SloRecord> {
  const during = { gte: from, lt: to };
  const [steps, incidents, approvals, signOffs] = await Promise.all([
    database().phaseChange.findMany({
      where: { rolloutId, createdAt: during },
      orderBy: [{ createdAt: 'asc' }, { rolloutVersion: 'asc' }],
    }),
    database().incident.findMany({
      where: { rolloutId, openedAt: { lt: to }, OR: [{ closedAt: null }, { closedAt: { gte: from } }] },
      orderBy: { number: 'asc' },
    }),
    database().rolloutApproval.findMany({
      where: { rolloutId, givenAt: during },
      orderBy: [{ givenAt: 'asc' }, { id: 'asc' }],
    }),
    database().panelSignOff.findMany({
      where: { rolloutId, givenAt: during },
      orderBy: [{ givenAt: 'asc' }, { id: 'asc' }],
    }),
  ]);
  return RecordSchema.parse({
    steps: steps.map((step) => ({ ...step, at: step.createdAt.toISOString() })),
    incidents: incidents.map((incident) => ({
      ...incident,
      openedAt: incident.openedAt.toISOString(),
      closedAt: incident.closedAt?.toISOString() ?? null,
    })),
    approvals: approvals.map((approval) => ({ ...approval, at: approval.givenAt.toISOString() })),
    signOffs: signOffs.map((signOff) => ({ ...signOff, at: signOff.givenAt.toISOString() })),
  });
}
