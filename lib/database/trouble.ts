import { AppError } from '#lib/errors/index.ts';

/** Prisma's codes and PostgreSQL's that say: this waited for others until its time was up, and was undone. */
const BUSY = new Set(['P2024', 'P2028', '55P03', '40P01', '40001']);
/** Prisma's codes and PostgreSQL's that say: there is no connection (any more). */
const UNREACHABLE = new Set([
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '25P03',
]);

/** What pg says without a code, when a line ends in the middle of a statement. */
const BROKEN_OFF = /Connection terminated/;

const RETRY_AFTER_SECONDS = 5;

/**
 * What whoever asked may know when the database was busy or away: an AppError UNAVAILABLE with the reason `database_busy` or
 * `database_unreachable`. It claims nothing about what was done before. Any other error is returned as it is.
 */
export function explainTrouble(error: unknown): unknown {
  const codes = codesOf(error);
  const options = { retryAfterSeconds: RETRY_AFTER_SECONDS, cause: error };
  if (codes.some((code) => BUSY.has(code))) {
    const message = 'The database was too busy with others to answer in time. Try again.';
    return new AppError('UNAVAILABLE', message, { ...options, reason: 'database_busy' });
  }
  if (
    codes.some((code) => UNREACHABLE.has(code)) ||
    (error instanceof Error && BROKEN_OFF.test(error.message))
  ) {
    const message = 'The database cannot be reached. Try again.';
    return new AppError('UNAVAILABLE', message, { ...options, reason: 'database_unreachable' });
  }
  return error;
}

/** The code of a Prisma error and, below it, the one PostgreSQL gave; none of any other error. */
export function codesOf(error: unknown): string[] {
  if (!(error instanceof Error) || error instanceof AppError) return [];
  const prisma = 'code' in error ? [String(error.code)] : [];
  // What fails at the end of a transaction comes from the adapter as it is.
  const causes = [valueAt(error, 'meta', 'driverAdapterError', 'cause'), valueAt(error, 'cause')];
  const given = causes.map((cause) => valueAt(cause, 'originalCode'));
  return [...prisma, ...given.filter((code) => typeof code === 'string')];
}

function valueAt(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    value,
  );
}
