import { z } from 'zod';
import { MetricVerdictSchema } from '#lib/analyzer/index.ts';
import { env } from '#lib/config/server.ts';
import { database } from '#lib/database/server.ts';
import type { Incident } from '#lib/incidents/incident.schema.ts';
import { toIncident } from '#lib/incidents/server.ts';
import type { MessageCause } from '#lib/outbox/index.ts';
import type { Policy } from '#lib/policy/index.ts';
import { DecisionSchema } from '#lib/rollouts/index.ts';
import { listPhaseChanges } from '#lib/rollouts/server.ts';
import type { MessageFacts, VerdictFacts } from './message-facts.ts';
import { factsOfRehearsal, RehearsedFactsSchema } from './rehearsed-facts.schema.ts';

const SERVED = z.looseObject({ problem: z.string().optional() });

/**
 * Reads what a message is about. Rows it names that have been deleted since (retention) leave their part absent.
 * Errors: the database's.
 */
export async function loadMessageFacts(
  policy: Policy,
  message: {
    cause: MessageCause;
    rolloutId: string | null;
    phase: string | null;
    incidentId: string | null;
    createdAt: Date;
    dryRun?: boolean;
  },
): Promise<MessageFacts> {
  if (message.dryRun) {
    const rehearsed = await readRehearsal(policy, message);
    if (rehearsed) return rehearsed;
  }
  const { cause, rolloutId, phase, createdAt } = message;
  const incidentId = 'incidentId' in cause ? cause.incidentId : message.incidentId;
  const [incident, change, request, stop, decision, step, rollout] = await Promise.all([
    incidentId ? readIncident(incidentId) : null,
    'changeId' in cause ? readChange(rolloutId, cause.changeId) : null,
    'requestId' in cause && cause.requestId
      ? database().rollbackRequest.findUnique({ where: { id: cause.requestId } })
      : null,
    'stopId' in cause ? readStop(cause.stopId) : null,
    'decisionId' in cause && cause.decisionId ? readDecision(cause.decisionId) : null,
    'step' in cause && incidentId
      ? database().incidentStep.findUnique({ where: { incidentId_step: { incidentId, step: cause.step } } })
      : null,
    rolloutId ? database().rollout.findUnique({ where: { id: rolloutId } }) : null,
  ]);
  const verdictId =
    'verdictId' in cause ? cause.verdictId : (request?.verdictId ?? incident?.incident.verdictId ?? null);
  return {
    policy,
    locale: policy.reporting.language,
    appUrl: env().appUrl,
    rolloutId,
    phase,
    createdAt,
    verdict: verdictId ? await readVerdict(verdictId) : null,
    change: change?.change ?? null,
    approvers: change?.approvers ?? [],
    served: change?.problem ?? null,
    incident: incident?.incident ?? null,
    request: request ? { toPhase: request.toPhase, mode: request.mode, dueAt: request.dueAt } : null,
    stop,
    decision,
    nextCanaryAt: rollout?.nextCanaryAt ?? null,
    watchUntil: rollout?.watchUntil ?? null,
    step: 'step' in cause ? cause.step : null,
    stepDueAt: step?.dueAt ?? null,
    rca: incident?.rca ?? null,
    delay:
      cause.kind === 'collector-delayed'
        ? {
            seconds: cause.delaySeconds,
            reason: cause.reason,
            windowStart: new Date(cause.windowStart),
            windowEnd: new Date(Date.parse(cause.windowStart) + policy.cycle.windowSeconds * 1000),
          }
        : null,
  };
}

/** What a rehearsal played: its messages name the rehearsal wherever real ones name a row (ROL-8). */
async function readRehearsal(
  policy: Policy,
  message: { cause: MessageCause; createdAt: Date },
): Promise<MessageFacts | null> {
  const { cause, createdAt } = message;
  const id =
    ('incidentId' in cause && cause.incidentId) ||
    ('changeId' in cause && cause.changeId) ||
    ('verdictId' in cause && cause.verdictId) ||
    null;
  const row = id === null ? null : await database().rehearsal.findUnique({ where: { id } });
  return (
    row &&
    factsOfRehearsal(RehearsedFactsSchema.parse(row.facts), { policy, appUrl: env().appUrl, createdAt })
  );
}

async function readIncident(
  id: string,
): Promise<{ incident: Incident; rca: NonNullable<MessageFacts['rca']> } | null> {
  const row = await database().incident.findUnique({ where: { id } });
  if (!row) return null;
  const { ownerName, rcaDueAt, rcaSharedByName, rcaUrl } = row;
  return {
    incident: toIncident(row),
    rca: { ownerName, dueAt: rcaDueAt, sharedByName: rcaSharedByName, url: rcaUrl },
  };
}

async function readVerdict(id: string): Promise<VerdictFacts | null> {
  const row = await database().verdict.findUnique({ where: { id } });
  return row
    ? {
        windowStart: row.windowStart,
        windowEnd: row.windowEnd,
        metrics: z.array(MetricVerdictSchema).parse(row.metrics),
      }
    : null;
}

async function readChange(rolloutId: string | null, changeId: string) {
  if (rolloutId === null) return null;
  const change = (await listPhaseChanges(rolloutId)).find(({ id }) => id === changeId);
  if (!change) return null;
  const [row, approvals] = await Promise.all([
    database().phaseChange.findUnique({ where: { id: changeId }, select: { proofDetails: true } }),
    database().rolloutApproval.findMany({
      // Those of the phase that was left: the version before the step.
      where: {
        rolloutId,
        rolloutVersion: change.rolloutVersion - 1,
        choice: 'approve',
        endReason: 'phase_left',
      },
      orderBy: { givenAt: 'asc' },
      select: { personName: true, role: true },
    }),
  ]);
  return {
    change,
    approvers: approvals.map(({ personName, role }) => `${personName} (${role})`),
    problem: SERVED.safeParse(row?.proofDetails).data?.problem ?? null,
  };
}

async function readStop(id: string): Promise<MessageFacts['stop']> {
  const row = await database().stopOrder.findUnique({
    where: { id },
    include: { releases: { orderBy: { givenAt: 'asc' } } },
  });
  return row && { ...row, releases: row.releases.map(({ personName }) => personName) };
}

async function readDecision(id: string): Promise<MessageFacts['decision']> {
  const row = await database().rolloutDecision.findUnique({ where: { id } });
  const decision = DecisionSchema.safeParse(row?.body).data;
  if (!decision) return null;
  const missing = String(decision.gates.find(({ kind }) => kind === 'approvals')?.detail.missing ?? '');
  const roles = missing.split(', ').filter((role) => role !== '');
  return {
    toPhase: decision.toPhase,
    approvals: roles.map((role) => ({ role, missing: true })),
    gates: decision.gates.map(({ id: gate, state }) => ({ id: gate, state })),
    evidenceHash: decision.evidenceHash,
  };
}
