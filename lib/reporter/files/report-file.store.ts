import { type Database, database, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { sha256 } from './draft-seal.ts';
import type { ReportFileKind, ReportFileList, ReportFileQuery } from './report-file.schema.ts';

type Reader = Transaction | Database;

export type NewReport = {
  path: string;
  kind: ReportFileKind;
  content: string;
  incidentId: string | null;
  rolloutId: string | null;
  dryRun?: boolean;
};

/** Keeps a report under its path, new or as it reads now. Returns whether that changed anything. */
export async function keepReport(tx: Transaction, report: NewReport, at: Date): Promise<boolean> {
  const { path, content, dryRun = false, ...rest } = report;
  const hash = sha256(content);
  const known = await tx.reportFile.findUnique({ where: { path }, select: { sha256: true } });
  if (known?.sha256 === hash) return false;
  await tx.reportFile.upsert({
    where: { path },
    create: { path, content, sha256: hash, dryRun, createdAt: at, updatedAt: at, ...rest },
    update: { content, sha256: hash, updatedAt: at },
  });
  return true;
}

/** Reports, newest first, one page. */
export async function listReports(
  query: ReportFileQuery,
  reader: Reader = database(),
): Promise<ReportFileList> {
  const rows = await reader.reportFile.findMany({
    where: {
      ...(query.kind === undefined ? {} : { kind: query.kind }),
      ...(query.incident === undefined ? {} : { incidentId: query.incident }),
      ...(query.rollout === undefined ? {} : { rolloutId: query.rollout }),
      ...(query.before === undefined ? {} : after(query.before)),
    },
    orderBy: [{ createdAt: 'desc' }, { path: 'asc' }],
    take: query.limit + 1,
    omit: { content: true },
  });
  const kept = rows.slice(0, query.limit);
  const last = kept.at(-1);
  return {
    reports: kept.map(({ kind, createdAt, updatedAt, ...row }) => ({
      ...row,
      kind: kind as ReportFileKind, // the table's own constraint
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
    })),
    nextBefore: rows.length > query.limit && last ? `${last.createdAt.toISOString()} ${last.path}` : null,
  };
}

/** What comes behind a place in the list: made earlier, or in the same instant with a path behind. */
function after({ at, path }: NonNullable<ReportFileQuery['before']>) {
  const createdAt = new Date(at);
  const earlier = { createdAt: { lt: createdAt } };
  return path === null ? earlier : { OR: [earlier, { createdAt, path: { gt: path } }] };
}

/** The text of a report. Errors: AppError NOT_FOUND. */
export async function readReport(path: string): Promise<string> {
  const row = await database().reportFile.findUnique({ where: { path }, select: { content: true } });
  if (!row) throw new AppError('NOT_FOUND', `There is no report ${path}.`);
  return row.content;
}
