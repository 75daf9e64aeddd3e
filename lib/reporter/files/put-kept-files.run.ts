import { database } from '#lib/database/server.ts';
import { putFiles } from './put-files.run.ts';

const LOOK_BACK_MS = 7 * 86_400_000;
/** An RCA is a person's once it is drafted, and what an incident still changes is written with it. */
const KINDS = ['alert', 'daily', 'rehearsal'];

/**
 * Writes the files of the last days that a crash or a full disk left out, or that are gone from this machine: the rows are
 * the truth (REP-5). Safe to repeat; a file that cannot be written is tried again at the next call.
 */
export async function putKeptFiles(
  now: Date,
): Promise<{ written: string[]; failures: { path: string; error: string }[] }> {
  const kept = await database().reportFile.findMany({
    where: { kind: { in: KINDS }, updatedAt: { gt: new Date(now.getTime() - LOOK_BACK_MS) } },
    orderBy: { path: 'asc' },
    select: { path: true, kind: true, content: true },
  });
  return await putFiles(kept);
}
