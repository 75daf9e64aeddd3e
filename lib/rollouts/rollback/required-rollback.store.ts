import { database, publishLive, type Transaction } from '#lib/database/server.ts';
import type { RollbackCause } from '../decision/decision.schema.ts';
import {
  type RequiredRollback,
  RequiredRollbackSchema,
  type RollbackMode,
} from './required-rollback.schema.ts';

type Reader = Transaction | ReturnType<typeof database>;

type Row = Awaited<ReturnType<Transaction['rollbackRequest']['findFirstOrThrow']>>;
const toRequest = (row: Row): RequiredRollback =>
  RequiredRollbackSchema.parse({
    id: row.id,
    rolloutId: row.rolloutId,
    phase: row.phase,
    rolloutVersion: row.rolloutVersion,
    toPhase: row.toPhase,
    cause: row.cause,
    mode: row.mode,
    state: row.state,
    verdictId: row.verdictId,
    windowStart: row.windowStart?.toISOString() ?? null,
    evidence: row.evidence,
    openedAt: row.openedAt.toISOString(),
    dueAt: row.dueAt?.toISOString() ?? null,
    decidedAt: row.decidedAt?.toISOString() ?? null,
    decidedByName: row.decidedByName,
    decidedReason: row.decidedReason,
    changeId: row.changeId,
  });

/** The rollback that waits for its decision, or null. */
export async function openRequiredRollback(
  rolloutId: string,
  reader: Reader = database(),
): Promise<RequiredRollback | null> {
  const row = await reader.rollbackRequest.findFirst({ where: { rolloutId, state: 'open' } });
  return row ? toRequest(row) : null;
}

/** A request, answered or not; null for one that never was. */
export async function findRequiredRollback(
  requestId: string,
  reader: Reader = database(),
): Promise<RequiredRollback | null> {
  const row = await reader.rollbackRequest.findUnique({ where: { id: requestId } });
  return row ? toRequest(row) : null;
}

/** Every rollback that waits for its decision, the most urgent first; those without a deadline last. */
export async function listOpenRequiredRollbacks(reader: Reader = database()): Promise<RequiredRollback[]> {
  const rows = await reader.rollbackRequest.findMany({
    where: { state: 'open' },
    orderBy: [{ dueAt: { sort: 'asc', nulls: 'last' } }, { openedAt: 'asc' }],
  });
  return rows.map(toRequest);
}

/** Required rollbacks of a rollout, newest first. */
export async function listRequiredRollbacks(
  rolloutId: string,
  limit = 50,
  reader: Reader = database(),
): Promise<RequiredRollback[]> {
  const rows = await reader.rollbackRequest.findMany({
    where: { rolloutId },
    orderBy: { openedAt: 'desc' },
    take: limit,
  });
  return rows.map(toRequest);
}

/** Those of one version of a rollout that were answered: declined, or only put on record. */
export async function answeredRequests(
  tx: Transaction,
  place: { rolloutId: string; rolloutVersion: number },
): Promise<RequiredRollback[]> {
  const rows = await tx.rollbackRequest.findMany({
    where: { ...place, state: { in: ['declined', 'recorded'] } },
    orderBy: { windowStart: 'desc' },
    take: 20,
  });
  return rows.map(toRequest);
}

/** The request that was declined last by this person, for whoever says "not now" twice. */
export async function lastDeclined(
  tx: Transaction,
  rolloutId: string,
  personId: string,
): Promise<RequiredRollback | null> {
  const row = await tx.rollbackRequest.findFirst({
    where: { rolloutId },
    orderBy: { openedAt: 'desc' },
  });
  return row?.state === 'declined' && row.decidedById === personId ? toRequest(row) : null;
}

export type NewRequest = {
  rolloutId: string;
  phase: string;
  rolloutVersion: number;
  toPhase: string | null;
  cause: RollbackCause;
  mode: RollbackMode;
  state: 'open' | 'recorded';
  verdictId: string | null;
  windowStart: Date;
  evidence: RequiredRollback['evidence'];
  policyHash: string;
  openedAt: Date;
  dueAt: Date | null;
};

/** Puts a demand on record. Errors: a unique violation while another is open; hold the rollout first. */
export async function insertRequest(tx: Transaction, request: NewRequest): Promise<RequiredRollback> {
  const row = await tx.rollbackRequest.create({ data: { ...request, lastSeenAt: request.openedAt } });
  await publishLive(tx, { topic: 'rollout', rolloutId: request.rolloutId });
  return toRequest(row);
}

/** Ends an open request. Returns it, or null when it was no longer open. */
export async function endRequest(
  tx: Transaction,
  end: {
    requestId: string;
    state: 'executed' | 'declined' | 'withdrawn';
    by: { id: string; name: string };
    reason: string;
    changeId?: string;
    at: Date;
  },
): Promise<RequiredRollback | null> {
  const { count } = await tx.rollbackRequest.updateMany({
    where: { id: end.requestId, state: 'open' },
    data: {
      state: end.state,
      decidedAt: end.at,
      decidedById: end.by.id,
      decidedByName: end.by.name,
      decidedReason: end.reason,
      changeId: end.changeId ?? null,
    },
  });
  if (count === 0) return null;
  const ended = toRequest(await tx.rollbackRequest.findUniqueOrThrow({ where: { id: end.requestId } }));
  await publishLive(tx, { topic: 'rollout', rolloutId: ended.rolloutId });
  return ended;
}

/** The clock at the last look of an open request; null once it is decided. */
export async function clockOfRequest(tx: Transaction, requestId: string): Promise<Date | null> {
  const row = await tx.rollbackRequest.findUnique({
    where: { id: requestId },
    select: { lastSeenAt: true, state: true },
  });
  return row?.state === 'open' ? row.lastSeenAt : null;
}

/** Keeps when the request was looked at and when it is due now; null: no deadline executes it any more. */
export async function setDeadline(
  tx: Transaction,
  requestId: string,
  to: { dueAt: Date | null; lastSeenAt: Date; mode?: RollbackMode },
): Promise<void> {
  await tx.rollbackRequest.updateMany({ where: { id: requestId, state: 'open' }, data: to });
}

/** The latest revision of the verdict of the window a request is about, in the phase it is about; null before one. */
export async function verdictOfRequest(
  tx: Transaction,
  request: RequiredRollback,
): Promise<{ rollbackRequired: boolean; sloMet: boolean | null } | null> {
  if (request.windowStart === null) return null;
  return await tx.verdict.findFirst({
    where: {
      rolloutId: request.rolloutId,
      phase: request.phase,
      windowStart: new Date(request.windowStart),
      isLatest: true,
    },
    select: { rollbackRequired: true, sloMet: true },
  });
}
