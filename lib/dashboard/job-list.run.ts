import { database, type Prisma } from '#lib/database/server.ts';
import type { JobFunctionView, JobList } from './job-list.schema.ts';
import { jobRunView } from './job-list.ts';

/** A function of the app, as its catalogue names it. */
export type JobCatalogueEntry = Pick<JobFunctionView, 'id' | 'name' | 'triggers'>;

const WITH_STEPS = {
  steps: { orderBy: [{ createdAt: 'asc' }, { position: 'asc' }] },
} satisfies Prisma.JobRunInclude;

/**
 * The functions of the app, each with its last run and its next tick, and one page of runs, newest first. `before`: the
 * `nextBefore` of the page before. Where another engine runs the functions there are no runs here: it keeps its own.
 */
export async function readJobs(
  catalogue: readonly JobCatalogueEntry[],
  page: { before?: string | undefined; functionId?: string | undefined; limit: number },
  now: Date,
): Promise<JobList> {
  const [registered, runs, functions] = await Promise.all([
    database().jobFunction.findMany({ select: { id: true, nextAt: true } }),
    database().jobRun.findMany({
      where: {
        ...(page.before === undefined ? {} : { seq: { lt: BigInt(page.before) } }),
        ...(page.functionId === undefined ? {} : { functionId: page.functionId }),
      },
      orderBy: { seq: 'desc' },
      take: page.limit + 1,
      include: WITH_STEPS,
    }),
    Promise.all(catalogue.map((entry) => lastRunOf(entry, now))),
  ]);
  const next = new Map(registered.map((row) => [row.id, row.nextAt]));
  const shown = runs.slice(0, page.limit);
  return {
    functions: functions.map((entry) => ({ ...entry, nextAt: next.get(entry.id)?.toISOString() ?? null })),
    runs: shown.map((row) => jobRunView(row, now)),
    nextBefore: runs.length > page.limit ? String(shown.at(-1)?.seq ?? '') : null,
  };
}

async function lastRunOf(entry: JobCatalogueEntry, now: Date): Promise<Omit<JobFunctionView, 'nextAt'>> {
  const last = await database().jobRun.findFirst({
    where: { functionId: entry.id },
    orderBy: { seq: 'desc' },
    include: WITH_STEPS,
  });
  return { ...entry, lastRun: last ? jobRunView(last, now) : null };
}
