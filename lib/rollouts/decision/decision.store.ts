import { type Database, database, publishLive, type Transaction } from '#lib/database/server.ts';
import { findRollout } from '../rollout.store.ts';
import {
  type Decision,
  type DecisionList,
  type DecisionQuery,
  DecisionSchema,
  type DecisionSource,
  DecisionSourceSchema,
} from './decision.schema.ts';
import { decisionFingerprint } from './decision-fingerprint.ts';

/**
 * Puts a decision on record where it differs from the last one of its rollout, or where that was made of a verdict that
 * was revised (DASH-3). Call it while the rollout is locked: two
 * ticks at once write one row. A clock that was set back does not change the order of the record.
 * Returns whether a row was written.
 */
export async function recordDecision(
  tx: Transaction,
  decision: Decision,
  about: { source: DecisionSource; windowStart: Date | null; verdictId: string | null },
): Promise<boolean> {
  const { rolloutId } = decision;
  const fingerprint = decisionFingerprint(decision);
  const last = await tx.rolloutDecision.findFirst({
    where: { rolloutId },
    orderBy: { decidedAt: 'desc' },
    select: { fingerprint: true, decidedAt: true, verdictId: true },
  });
  if (last?.fingerprint === fingerprint && (await stillStands(tx, last.verdictId, about.verdictId)))
    return false;
  const now = new Date(decision.decidedAt);
  await tx.rolloutDecision.create({
    data: {
      rolloutId,
      phase: decision.phase,
      rolloutVersion: decision.rolloutVersion,
      decision: decision.decision,
      policyHash: decision.policyHash,
      evidenceHash: decision.evidenceHash,
      fingerprint,
      body: decision,
      decidedAt: last && last.decidedAt >= now ? new Date(last.decidedAt.getTime() + 1) : now,
      ...about,
    },
  });
  await publishLive(tx, { topic: 'rollout', rolloutId });
  return true;
}

/** Whether what a decision was made of is still what is known: else the record would tell of numbers that no longer are. */
async function stillStands(
  tx: Transaction,
  notedId: string | null,
  newestId: string | null,
): Promise<boolean> {
  if (notedId === null || notedId === newestId) return notedId === newestId;
  const noted = await tx.verdict.findUnique({ where: { id: notedId }, select: { isLatest: true } });
  return noted?.isLatest === true;
}

/**
 * What was decided of a rollout, newest first, one page; decisions written by a release with another form are left out.
 * null: there is no such rollout.
 */
export async function listDecisions(
  rolloutId: string,
  { before, limit }: DecisionQuery,
  reader: Transaction | Database = database(),
): Promise<DecisionList | null> {
  if (!(await findRollout(rolloutId, reader))) return null;
  const rows = await reader.rolloutDecision.findMany({
    where: { rolloutId, ...(before === undefined ? {} : { decidedAt: { lt: new Date(before) } }) },
    orderBy: { decidedAt: 'desc' },
    take: limit + 1,
  });
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return {
    rolloutId,
    decisions: kept.flatMap(({ id, source, windowStart, verdictId, decidedAt, body }) => {
      const decision = DecisionSchema.safeParse(body).data;
      return decision
        ? [
            {
              id,
              source: DecisionSourceSchema.parse(source),
              windowStart: windowStart?.toISOString() ?? null,
              verdictId,
              recordedAt: decidedAt.toISOString(),
              decision,
            },
          ]
        : [];
    }),
    nextBefore: rows.length > limit && last ? last.decidedAt.toISOString() : null,
  };
}
