import { inTransaction, type Transaction } from '#lib/database/server.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import { enqueueMessage } from '#lib/outbox/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import type { RehearsedFacts } from '#lib/reporter/index.ts';
import { keepReport, putFiles } from '#lib/reporter/server.ts';
import type { Trigger } from '#lib/rollouts/index.ts';
import { renderReport } from '#lib/templates/index.ts';
import { loadReportTemplate } from '#lib/templates/server.ts';
import type { Fired } from './fired-messages.ts';
import { type Rehearsal, RehearsalSchema } from './rehearsal.schema.ts';
import { rehearsalValues } from './report-values.ts';

/** Row, report, audit row and, where asked for, messages, in one transaction; then the file. */
export async function keepRehearsal(
  policy: Policy,
  command: {
    rolloutId: string;
    actor: { id: string; name: string };
    trigger: Trigger;
    deliver: boolean;
    now: Date;
  },
  played: Omit<Rehearsal, 'path'>,
  made: {
    facts: RehearsedFacts;
    fired: readonly Fired[];
    stillQuiet: (tx: Transaction) => Promise<unknown>;
  },
): Promise<Rehearsal> {
  const { rolloutId, actor, trigger, deliver, now } = command;
  const { facts, fired, stillQuiet } = made;
  const template = await loadReportTemplate('rehearsal');
  const { rehearsal, content } = await inTransaction(async (tx) => {
    const day = new Intl.DateTimeFormat('sv-SE', { timeZone: policy.timezone, dateStyle: 'short' }).format(
      now,
    );
    // Two of one day are told apart by a number; the first report stays as it is.
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`rehearsal:${rolloutId}`}, 0))::text`;
    await stillQuiet(tx);
    const earlier = await tx.rehearsal.count({
      where: {
        OR: [
          { path: `docs/rehearsal/${day}-${rolloutId}.md` },
          { path: { startsWith: `docs/rehearsal/${day}-${rolloutId}.` } },
        ],
      },
    });
    const path = `docs/rehearsal/${day}-${rolloutId}${earlier === 0 ? '' : `.${earlier + 1}`}.md`;
    const report = RehearsalSchema.parse({ ...played, path });
    const values = rehearsalValues(policy, report, facts);
    const text = `${renderReport(template, policy.reporting.language, values)}\n`;
    await tx.rehearsal.create({
      data: {
        id: played.id,
        rolloutId,
        phase: played.phase,
        playedAt: now,
        actorId: actor.id,
        actorName: actor.name,
        path,
        facts,
        report,
      },
    });
    await keepReport(
      tx,
      { path, kind: 'rehearsal', content: text, incidentId: null, rolloutId, dryRun: true },
      now,
    );
    if (deliver)
      for (const { cause } of fired)
        await enqueueMessage(tx, policy, {
          dedupKey: `rehearsal:${played.id}:${cause.kind}`,
          cause,
          rolloutId,
          phase: played.phase,
          dryRun: true,
          at: now,
        });
    await appendAudit(tx, {
      actor,
      action: 'rollout.rehearsed',
      subject: `rollout:${rolloutId}`,
      reason: `rehearsal of ${played.simulated.metric ?? 'a late collection'}`,
      details: {
        dry_run: true,
        rehearsal: played.id,
        phase: played.phase,
        verdict: played.verdict.verdict,
        decision: played.decision,
        rollback: played.rollback.outcome,
        late: played.late,
        path,
        delivered: deliver,
        trigger,
      },
      at: now,
    });
    return { rehearsal: report, content: text };
  });
  await putFiles([{ path: rehearsal.path, kind: 'rehearsal', content }]);
  return rehearsal;
}
