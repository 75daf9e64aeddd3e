import { type Database, database, publishLive, type Transaction } from '#lib/database/server.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import {
  type Incident,
  type IncidentCause,
  type IncidentList,
  type IncidentQuery,
  IncidentSchema,
  type IncidentSeverity,
} from './incident.schema.ts';
import { rollbackActive } from './rollback-active.ts';
import { tellOfIncident } from './tell.store.ts';

type Reader = Transaction | Database;
/** An incident's row, with what channels made of it. */
export type IncidentRow = Awaited<ReturnType<Transaction['incident']['findFirstOrThrow']>>;

/** An incident as it is stored. */
export const toIncident = (row: IncidentRow): Incident =>
  IncidentSchema.parse({
    id: row.id,
    number: row.number,
    rolloutId: row.rolloutId,
    phase: row.phase,
    cause: row.cause,
    severity: row.severity,
    state: row.state,
    openedAt: row.openedAt.toISOString(),
    verdictId: row.verdictId,
    details: row.details,
    closedAt: row.closedAt?.toISOString() ?? null,
    closedByName: row.closedByName,
    closeReason: row.closeReason,
  });

export type NewIncident = {
  rolloutId: string;
  phase: string;
  cause: IncidentCause;
  severity: IncidentSeverity;
  verdictId?: string | null;
  /** What is known about it. Of an open incident, what is new is added and what is known already is renewed. */
  details: Incident['details'];
  actor: { id: string; name: string };
  at: Date;
};

/**
 * Opens an incident in the caller's transaction, or adds to the one that is open for this rollout and cause: its severity
 * only rises. One that was closed less than a cycle ago is opened again: it was not over. Safe to call again and again; what
 * changes nothing writes nothing. Errors: the database's, PolicyError.
 */
export async function openIncident(tx: Transaction, incident: NewIncident): Promise<Incident> {
  const { rolloutId, cause } = incident;
  // A number is drawn for a row that is tried, too: look first, so that numbers stay without holes.
  const known = await findOpen(tx, rolloutId, cause);
  if (known) return await addTo(tx, known, incident);
  const again = await reopen(tx, incident);
  if (again) return await addTo(tx, again, incident);
  const { actor, at, details, verdictId = null, ...rest } = incident;
  const [row] = await tx.incident.createManyAndReturn({
    data: [{ ...rest, details, verdictId, openedAt: at }],
    skipDuplicates: true,
  });
  if (!row) {
    const won = await findOpen(tx, rolloutId, cause);
    if (!won) throw new Error(`an incident of ${rolloutId} was closed while it was being opened`);
    return await addTo(tx, won, incident);
  }
  await announce(tx, 'incident.opened', toIncident(row), { actor, reason: cause, at });
  return toIncident(row);
}

/** Opens the one that was closed within the last cycle again, its steps from the start; null: there is none. */
async function reopen(tx: Transaction, incident: NewIncident): Promise<IncidentRow | null> {
  const { rolloutId, cause, actor, at } = incident;
  const { policy } = await loadPolicy();
  const within = new Date(at.getTime() - policy.cycle.windowSeconds * 1000);
  const closed = await tx.incident.findFirst({
    where: { rolloutId, cause, state: 'closed', closedAt: { gt: within } },
    orderBy: { closedAt: 'desc' },
  });
  if (!closed) return null;
  const { count } = await tx.incident.updateMany({
    where: { id: closed.id, state: 'closed' },
    data: {
      state: 'open',
      closedAt: null,
      closedById: null,
      closedByName: null,
      closeReason: null,
      pagerdutyAcknowledgedBy: null,
      // What was shared does not cover what came next; it is due anew.
      rcaDueAt: null,
      rcaSharedAt: null,
      rcaSharedById: null,
      rcaSharedByName: null,
      rcaUrl: null,
    },
  });
  // Somebody else was first: theirs is open.
  if (count === 0) return await findOpen(tx, rolloutId, cause);
  // Who did them the first time, and when, stays on the timeline and in the record.
  await tx.incidentStep.deleteMany({ where: { incidentId: closed.id } });
  await tx.incidentEvent.create({
    data: {
      incidentId: closed.id,
      at,
      kind: 'reopened',
      actorName: actor.name,
      dedupKey: `${closed.id}:reopened:${at.toISOString()}`,
      details: { closed_by: closed.closedByName, closed_at: closed.closedAt?.toISOString() ?? null },
    },
  });
  const row = await tx.incident.findUniqueOrThrow({ where: { id: closed.id } });
  await tellOfIncident(tx, policy, row, {
    cause: { kind: 'incident-reopened', incidentId: row.id },
    once: at.toISOString(),
    at,
  });
  await announce(tx, 'incident.reopened', toIncident(row), { actor, reason: cause, at });
  return row;
}

async function addTo(tx: Transaction, known: IncidentRow, { severity, details, actor, at }: NewIncident) {
  const before = toIncident(known);
  const raised = severity === 'major' && before.severity === 'minor';
  const news = Object.entries(details).some(
    ([key, value]) => JSON.stringify(before.details[key]) !== JSON.stringify(value),
  );
  if (!raised && !news) return before;
  const after = toIncident(
    await tx.incident.update({
      where: { id: known.id },
      data: { details: { ...before.details, ...details }, ...(raised ? { severity } : {}) },
    }),
  );
  if (raised) await announce(tx, 'incident.raised', after, { actor, reason: after.cause, at });
  else await publishLive(tx, { topic: 'incident', rolloutId: after.rolloutId });
  return after;
}

/** What the record says of an incident. */
type IncidentAction =
  | 'incident.opened'
  | 'incident.raised'
  | 'incident.reopened'
  | 'incident.step_done'
  | 'incident.owner_named'
  | 'incident.commented'
  | 'incident.rca_shared'
  | 'incident.closed';

/** Puts what happened to an incident on record and tells open pages. */
export async function announce(
  tx: Transaction,
  action: IncidentAction,
  incident: Incident,
  note: {
    actor: { id: string; name: string };
    reason: string;
    at: Date;
    details?: Record<string, string | number | string[] | null>;
  },
): Promise<void> {
  const { actor, reason, at, details } = note;
  await publishLive(tx, { topic: 'incident', rolloutId: incident.rolloutId });
  await appendAudit(tx, {
    actor,
    action,
    subject: `incident:${incident.id}`,
    reason,
    details: {
      number: incident.number,
      rollout: incident.rolloutId,
      phase: incident.phase,
      cause: incident.cause,
      severity: incident.severity,
      verdict: incident.verdictId,
      ...details,
    },
    at,
  });
}

/** Holds an incident's row, so that its steps go on one at a time. null: there is none. */
export async function holdIncident(tx: Transaction, incidentId: string): Promise<IncidentRow | null> {
  await tx.$queryRaw`SELECT id FROM incident WHERE id = ${incidentId}::uuid FOR UPDATE`;
  return await tx.incident.findUnique({ where: { id: incidentId } });
}

function findOpen(tx: Transaction, rolloutId: string, cause: IncidentCause): Promise<IncidentRow | null> {
  return tx.incident.findFirst({ where: { rolloutId, cause, state: 'open' } });
}

/** Incidents, newest first, one page. */
export async function listIncidents(
  query: IncidentQuery,
  reader: Reader = database(),
): Promise<IncidentList> {
  const rows = await reader.incident.findMany({
    where: {
      ...(query.rollout === undefined ? {} : { rolloutId: query.rollout }),
      ...(query.state === undefined ? {} : { state: query.state }),
      ...(query.before === undefined ? {} : { number: { lt: query.before } }),
    },
    orderBy: { number: 'desc' },
    take: query.limit + 1,
  });
  const kept = rows.slice(0, query.limit);
  return {
    incidents: kept.map(toIncident),
    nextBefore: rows.length > query.limit ? (kept.at(-1)?.number ?? null) : null,
  };
}

/** The rollouts of which pages say `rollback_active` now (INC-3). `cycleSeconds`: the length of a window. */
export async function rolloutsWithActiveRollback(
  cycleSeconds: number,
  now: Date,
  reader: Reader = database(),
): Promise<ReadonlySet<string>> {
  const rows = await reader.incident.findMany({
    where: {
      OR: [{ state: 'open' }, { closedAt: { gt: new Date(now.getTime() - cycleSeconds * 1000) } }],
    },
    select: { rolloutId: true, closedAt: true },
  });
  return new Set(rows.flatMap((row) => (rollbackActive([row], cycleSeconds, now) ? [row.rolloutId] : [])));
}

/** Whether any incident is open: whoever changed something asks, so that it is taken further at once (INC-1). */
export async function isIncidentOpen(): Promise<boolean> {
  return (await database().incident.findFirst({ where: { state: 'open' }, select: { id: true } })) !== null;
}
