import { z } from 'zod';
import { type PhaseVerdict, type StreakEntry, VerdictKindSchema } from '#lib/analyzer/index.ts';
import { database, inTransaction, publishLive, type Transaction } from '#lib/database/server.ts';

type Reader = Transaction | ReturnType<typeof database>;

export const WatchReadingSchema = z.strictObject({
  at: z.iso.datetime(),
  verdict: VerdictKindSchema,
  sloMet: z.boolean().nullable(),
});
export type WatchReading = z.infer<typeof WatchReadingSchema>;

/** What was seen of a rollout since its newest step, oldest first. */
export async function listWatchReadings(
  rolloutId: string,
  rolloutVersion: number,
  reader: Reader = database(),
): Promise<WatchReading[]> {
  const rows = await reader.watchReading.findMany({
    where: { rolloutId, rolloutVersion },
    orderBy: { at: 'asc' },
  });
  return rows.map(({ at, verdict, sloMet }) =>
    WatchReadingSchema.parse({ at: at.toISOString(), verdict, sloMet }),
  );
}

/** When the rollout was looked at last, or null. */
export async function lastLookAt(rolloutId: string, rolloutVersion: number): Promise<Date | null> {
  const newest = await database().watchReading.aggregate({
    where: { rolloutId, rolloutVersion },
    _max: { at: true },
  });
  return newest._max.at;
}

/** Keeps a look; one of the same time that another process has kept stays as it is. Returns whether this one was kept. */
export async function keepReading(
  place: { rolloutId: string; rolloutVersion: number; at: Date },
  verdict: PhaseVerdict,
): Promise<boolean> {
  return inTransaction(async (tx) => {
    const { count } = await tx.watchReading.createMany({
      data: [{ ...place, verdict: verdict.verdict, sloMet: verdict.slo_met, body: verdict }],
      skipDuplicates: true,
    });
    if (count > 0) await publishLive(tx, { topic: 'rollout', rolloutId: place.rolloutId });
    return count > 0;
  });
}

/** The latest verdicts of a phase whose windows began at `since` or later. */
export async function verdictsSince(
  reader: Reader,
  place: { rolloutId: string; phase: string; since: Date },
): Promise<StreakEntry[]> {
  const rows = await reader.verdict.findMany({
    where: {
      rolloutId: place.rolloutId,
      phase: place.phase,
      isLatest: true,
      windowStart: { gte: place.since },
    },
    select: { windowStart: true, verdict: true, sloMet: true },
    orderBy: { windowStart: 'desc' },
    take: 1000,
  });
  return rows.map(({ verdict, ...row }) => ({ ...row, verdict: VerdictKindSchema.parse(verdict) }));
}
