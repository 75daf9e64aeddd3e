import { database } from '#lib/database/server.ts';
import { IncidentSeveritySchema } from '#lib/incidents/index.ts';
import { ALERT_KINDS } from '#lib/outbox/index.ts';
import { incidentKey } from '#lib/reporter/index.ts';
import type { PanelIncident } from './panel.schema.ts';

const SHOWN_INCIDENTS = 20;

/**
 * The incidents of a rollout that are open or were opened in [from, to), newest first, each with how many alerts its log has
 * and which files keep them (DASH-2): they match when there is one file for each. Errors: the database's.
 */
export async function readPanelIncidents(span: {
  rolloutId: string;
  from: Date;
  to: Date;
}): Promise<PanelIncident[]> {
  const rows = await database().incident.findMany({
    where: {
      rolloutId: span.rolloutId,
      OR: [{ closedAt: null }, { openedAt: { gte: span.from, lt: span.to } }],
    },
    orderBy: { number: 'desc' },
    take: SHOWN_INCIDENTS,
  });
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  const [alerts, files] = await Promise.all([
    database().message.groupBy({
      by: ['incidentId'],
      where: { incidentId: { in: ids }, dryRun: false, kind: { in: [...ALERT_KINDS] } },
      _count: true,
    }),
    database().reportFile.findMany({
      where: { incidentId: { in: ids }, kind: 'alert', dryRun: false },
      orderBy: { path: 'asc' },
      select: { incidentId: true, path: true },
    }),
  ]);
  return rows.map((row) => ({
    id: row.id,
    key: incidentKey(row.number),
    severity: IncidentSeveritySchema.parse(row.severity),
    phase: row.phase,
    openedAt: row.openedAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
    slackUrl: row.slackUrl,
    pagerDuty: row.pagerdutyState
      ? { state: row.pagerdutyState, acknowledgedBy: row.pagerdutyAcknowledgedBy }
      : null,
    alertCount: alerts.find(({ incidentId }) => incidentId === row.id)?._count ?? 0,
    alertFiles: files.flatMap(({ incidentId, path }) => (incidentId === row.id ? [path] : [])),
  }));
}

/**
 * Whether a rollback of a phase is required, to where, and as of when (DASH-2): an open request requires one, whatever
 * asked for it; else the newest verdict says. Null before the first of both.
 */
export async function readRollbackRequired(
  rolloutId: string,
  phase: string,
): Promise<{ required: boolean; to: string | null; asOf: string } | null> {
  const [request, verdict] = await Promise.all([
    database().rollbackRequest.findFirst({
      where: { rolloutId, phase, state: 'open' },
      orderBy: { openedAt: 'desc' },
      select: { toPhase: true, openedAt: true },
    }),
    database().verdict.findFirst({
      where: { rolloutId, phase, isLatest: true },
      orderBy: { windowStart: 'desc' },
      select: { rollbackRequired: true, rollbackTo: true, windowEnd: true },
    }),
  ]);
  if (request) return { required: true, to: request.toPhase, asOf: request.openedAt.toISOString() };
  return (
    verdict && {
      required: verdict.rollbackRequired,
      to: verdict.rollbackTo,
      asOf: verdict.windowEnd.toISOString(),
    }
  );
}
