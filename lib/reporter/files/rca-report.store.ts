import { z } from 'zod';
import { MetricVerdictSchema } from '#lib/analyzer/index.ts';
import { env } from '#lib/config/server.ts';
import { database } from '#lib/database/server.ts';
import { readIncidentDetail } from '#lib/incidents/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import { listPhaseChanges } from '#lib/rollouts/server.ts';
import { renderReport } from '#lib/templates/index.ts';
import { loadReportTemplate } from '#lib/templates/server.ts';
import { sealed } from './draft-seal.ts';
import { type RcaFacts, rcaValues } from './rca-values.ts';
import type { NewReport } from './report-file.store.ts';
import { rcaPath } from './report-paths.ts';

/**
 * The RCA draft of an incident as it reads now (ROL-6): one per incident, drafted at the first look after its opening, and
 * brought up to date until a person writes in the file. Errors: the database's, TemplateFilesError.
 */
export async function rcaReport(
  policy: Policy,
  incident: { id: string; number: number; rolloutId: string },
  alerts: readonly string[],
  now: Date,
): Promise<NewReport> {
  const { facts, path } = await rcaFacts(policy, incident, alerts, now);
  const text = renderReport(await loadReportTemplate('rca'), facts.locale, rcaValues(facts));
  return {
    path: path ?? rcaPath(incident.number, now, policy.timezone),
    kind: 'rca',
    content: sealed(text),
    incidentId: incident.id,
    rolloutId: incident.rolloutId,
  };
}

/** Everything an RCA draft is made of, and the path of the one there is. Errors: the database's. */
export async function rcaFacts(
  policy: Policy,
  incident: { id: string; rolloutId: string },
  alerts: readonly string[],
  now: Date,
): Promise<{ facts: RcaFacts; path: string | null }> {
  const detail = await readIncidentDetail(incident.id, now);
  const facts: RcaFacts = {
    policy,
    locale: policy.reporting.language,
    appUrl: env().appUrl,
    incident: detail.incident,
    ownerName: detail.owner?.name ?? null,
    rcaDueAt: detail.rcaDueAt === null ? null : new Date(detail.rcaDueAt),
    verdict: await readVerdict(detail.incident.verdictId),
    change: await firstStepBack(incident.rolloutId, detail.incident),
    timeline: detail.timeline,
    alerts,
  };
  return { facts, path: detail.reports.find(({ kind }) => kind === 'rca')?.path ?? null };
}

async function readVerdict(id: string | null): Promise<RcaFacts['verdict']> {
  const row = id === null ? null : await database().verdict.findUnique({ where: { id } });
  return (
    row && {
      windowStart: row.windowStart,
      windowEnd: row.windowEnd,
      metrics: z.array(MetricVerdictSchema).parse(row.metrics),
    }
  );
}

async function firstStepBack(
  rolloutId: string,
  { openedAt, closedAt }: { openedAt: string; closedAt: string | null },
): Promise<RcaFacts['change']> {
  const steps = (await listPhaseChanges(rolloutId))
    .filter(
      ({ kind, createdAt }) =>
        kind === 'rollback' && createdAt >= openedAt && (closedAt === null || createdAt <= closedAt),
    )
    .sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  const [first] = steps;
  return first ? { ...first, createdAt: new Date(first.createdAt) } : null;
}
