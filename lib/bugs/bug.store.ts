import { type Database, database, type Transaction } from '#lib/database/server.ts';
import { type Bug, type BugList, type BugQuery, BugSeveritySchema, type ReportBug } from './bug.schema.ts';

type Reader = Transaction | Database;
type Row = Awaited<ReturnType<Transaction['bugReport']['findFirstOrThrow']>>;

const toBug = (row: Row): Bug => ({
  id: row.id,
  number: Number(row.seq),
  rolloutId: row.rolloutId,
  phase: row.phase,
  severity: BugSeveritySchema.parse(row.severity),
  title: row.title,
  text: row.text,
  link: row.link,
  dryRun: row.dryRun,
  reporterName: row.reporterName,
  reportedAt: row.reportedAt.toISOString(),
});

/** Keeps a report under its key. null: this person sent one under that key before; nothing was written. */
export async function insertBug(
  tx: Transaction,
  bug: Omit<ReportBug, 'rollout'> & {
    rolloutId: string;
    phase: string;
    reporter: { id: string; name: string };
    trigger: string;
    at: Date;
  },
): Promise<Bug | null> {
  const { key, reporter, at, link, ...words } = bug;
  const [row] = await tx.bugReport.createManyAndReturn({
    data: {
      ...words,
      link: link ?? null,
      idempotencyKey: key,
      reporterId: reporter.id,
      reporterName: reporter.name,
      reportedAt: at,
    },
    skipDuplicates: true,
  });
  return row ? toBug(row) : null;
}

/** The report a person sent under a key. */
export async function bugOfKey(tx: Transaction, reporterId: string, key: string): Promise<Bug> {
  return toBug(
    await tx.bugReport.findUniqueOrThrow({
      where: { reporterId_idempotencyKey: { reporterId, idempotencyKey: key } },
    }),
  );
}

/** Reported bugs, newest first, one page (TEL-9). */
export async function listBugs(query: BugQuery, reader: Reader = database()): Promise<BugList> {
  const rows = await reader.bugReport.findMany({
    where: {
      ...(query.rollout === undefined ? {} : { rolloutId: query.rollout }),
      ...(query.severity === undefined ? {} : { severity: query.severity }),
      ...(query.before === undefined ? {} : { seq: { lt: BigInt(query.before) } }),
    },
    orderBy: { seq: 'desc' },
    take: query.limit + 1,
  });
  const bugs = rows.slice(0, query.limit).map(toBug);
  return { bugs, nextBefore: rows.length > query.limit ? (bugs.at(-1)?.number ?? null) : null };
}
