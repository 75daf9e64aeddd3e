import { VerdictKindSchema } from '#lib/analyzer/index.ts';
import type { Transaction } from '#lib/database/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import {
  type AnnouncementFacts,
  announcementKeys,
  type CollectedWindow,
  LOOK_BACK_WINDOWS,
} from './announcements-of.ts';

/** What announcements about each rollout are made of, or about one of them. Errors: the database's. */
export async function loadAnnouncementFacts(
  tx: Transaction,
  policy: Policy,
  about: { rolloutId?: string | undefined; now: Date },
): Promise<AnnouncementFacts[]> {
  const rollouts = await tx.rollout.findMany({
    where: about.rolloutId === undefined ? {} : { id: about.rolloutId },
    orderBy: { id: 'asc' },
    select: { id: true, phase: true, state: true },
  });
  const collected = await newestCollected(tx);
  const all: AnnouncementFacts[] = [];
  for (const { id, phase, state } of rollouts) {
    const rows = await tx.verdict.findMany({
      where: { rolloutId: id, phase, isLatest: true },
      orderBy: { windowStart: 'desc' },
      take: LOOK_BACK_WINDOWS,
      select: { id: true, windowStart: true, windowEnd: true, verdict: true, rollbackRequired: true },
    });
    const windows = rows.map(({ id: verdictId, verdict, ...row }) => ({
      ...row,
      verdictId,
      verdict: VerdictKindSchema.parse(verdict),
    }));
    const rollout = { id, phase, preparing: state === 'preparing' };
    const told = await tx.message.findMany({
      where: { dedupKey: { in: announcementKeys({ rollout, windows }) } },
      select: { dedupKey: true },
    });
    const decision = await tx.rolloutDecision.findFirst({
      where: { rolloutId: id },
      orderBy: { decidedAt: 'desc' },
      select: { id: true },
    });
    all.push({
      policy,
      rollout,
      windows,
      collected,
      told: new Set(told.map(({ dedupKey }) => dedupKey)),
      decisionId: decision?.id ?? null,
      now: about.now,
    });
  }
  return all;
}

/** Windows that were made up for had no schedule to be late for. */
async function newestCollected(tx: Transaction): Promise<CollectedWindow[]> {
  const cycles = await tx.cycle.findMany({
    where: { origin: 'scheduled', collectedAt: { not: null } },
    orderBy: { windowStart: 'desc' },
    take: 2,
    select: { windowStart: true, windowEnd: true, collectedAt: true },
  });
  return cycles.flatMap(({ windowStart, windowEnd, collectedAt }) =>
    collectedAt
      ? [{ windowStart, delaySeconds: Math.max(0, (collectedAt.getTime() - windowEnd.getTime()) / 1000) }]
      : [],
  );
}
