import { z } from 'zod';
import type { Database, Transaction } from '#lib/database/server.ts';
import { SYSTEM_ACTOR } from '#lib/identity/index.ts';
import { nothingIsOn, type Policy } from '#lib/policy/index.ts';
import { greenWindows } from '../close-rules.ts';
import type { IncidentRow } from '../incident.store.ts';
import {
  ALERT_KINDS,
  type AlertRow,
  alertFacts,
  decisionOf,
  decisiveRequest,
  exitCodeOf,
} from './facts-of.ts';
import type { IncidentStepName } from './step.schema.ts';
import type { IncidentFacts } from './step-rules.ts';

type Reader = Transaction | Database;
type Person = { id: string; name: string };

/** What is known of an incident, with what proves it and by whom each step was done. */
export type KnownIncident = {
  facts: IncidentFacts;
  evidence: Record<IncidentStepName, Record<string, string | number | string[] | null>>;
  doneBy: Partial<Record<IncidentStepName, Person>>;
};

/** Windows without enough data are passed over: an incident cannot be held open by a quiet night alone. */
const MOST_LOOKED_AT = 500;

const UNPROVEN = z.looseObject({ change: z.uuid() });
const REQUEST = z.looseObject({ requestId: z.uuid().nullable() });

/** Reads what is known of an incident (INC-1). Errors: the database's. */
export async function loadIncidentFacts(
  tx: Transaction,
  policy: Policy,
  row: IncidentRow,
): Promise<KnownIncident> {
  const since = await openSince(tx, row);
  const [alerts, step, windows, drafts, spoken] = await Promise.all([
    readAlerts(tx, row, since),
    readStepBack(tx, row, since),
    readWindows(tx, policy, row),
    tx.reportFile.findMany({ where: { incidentId: row.id, kind: 'rca' }, select: { path: true } }),
    tx.incidentStep.findMany({ where: { incidentId: row.id, comment: { not: '' } }, select: { step: true } }),
  ]);
  const says = (name: IncidentStepName) => spoken.some(({ step: each }) => each === name);
  const alert = alertFacts(alerts.rows, {
    named: row.ownerId !== null,
    receivedComment: says('received'),
    escalationComment: says('escalation') || (step.decidedBy !== null && step.decidedBy.id !== 'system'),
  });
  const green = greenWindows(windows);
  return {
    facts: {
      openedAt: since,
      rollbackRequired: step.required,
      alert,
      pagerDuty: pagerDutyOf(row),
      decision: step.decision,
      rollback: step.rollback,
      rcaDrafted: drafts.length > 0,
      ownerNamed: row.ownerId !== null,
      rcaDueAt: row.rcaDueAt,
      rcaShared: row.severity === 'major' ? row.rcaSharedAt !== null : null,
      greenWindows: green,
      closed: row.state === 'closed',
    },
    evidence: {
      received: { messages: alerts.ids },
      escalation: { request: step.requestId, decision: step.decision, pagerduty: pagerDutyOf(row) },
      rollback: { change: step.changeId, exit_code: step.rollback?.exitCode ?? null },
      rca: { files: drafts.map(({ path }) => path), owner: row.ownerName },
      closure: { green_windows: green },
    },
    doneBy: {
      ...(step.decidedBy ? { escalation: step.decidedBy } : {}),
      ...(step.steppedBy ? { rollback: step.steppedBy } : {}),
      ...(row.ownerId && row.ownerName ? { rca: { id: row.ownerId, name: row.ownerName } } : {}),
    },
  };
}

function pagerDutyOf({ pagerdutyState: state }: IncidentRow): IncidentFacts['pagerDuty'] {
  return state === 'triggered' || state === 'acknowledged' || state === 'resolved' ? state : 'not_called';
}

async function readAlerts(
  tx: Transaction,
  row: IncidentRow,
  since: Date,
): Promise<{ ids: string[]; rows: AlertRow[] }> {
  const messages = await tx.message.findMany({
    where: {
      dryRun: false,
      OR: [
        { incidentId: row.id, kind: { in: [...ALERT_KINDS] }, createdAt: { gte: since } },
        ...toldOfVerdict(row),
      ],
    },
    orderBy: { seq: 'asc' },
    include: { deliveries: { where: { state: 'delivered' }, select: { sink: true } } },
  });
  const rows = await Promise.all(
    messages.map(async ({ kind, phase, values, deliveries }) => {
      const requestId = REQUEST.safeParse(values).data?.requestId ?? null;
      const request = requestId ? await tx.rollbackRequest.findUnique({ where: { id: requestId } }) : null;
      const verdictId = request?.verdictId ?? null;
      return {
        phase,
        request,
        verdict:
          kind === 'autosave-incident' && verdictId
            ? await tx.verdict.findUnique({ where: { id: verdictId } })
            : null,
        deliveredTo: deliveries.map(({ sink }) => sink),
      };
    }),
  );
  return { ids: messages.map(({ id }) => id), rows };
}

/**
 * A minor incident calls nobody: that its violation was told as a warning is its alert, also where that was written before the
 * incident was.
 */
function toldOfVerdict({ severity, verdictId, id }: IncidentRow) {
  if (severity !== 'minor') return [];
  const about = verdictId ? [{ values: { path: ['verdictId'], equals: verdictId } }] : [];
  return [{ kind: 'autosave-warn', OR: [{ incidentId: id }, ...about] }];
}

type StepBack = {
  required: boolean;
  requestId: string | null;
  changeId: string | null;
  decision: IncidentFacts['decision'];
  decidedBy: Person | null;
  steppedBy: Person | null;
  rollback: IncidentFacts['rollback'];
};

/** The step back this incident is about: the one that could not be proven, or the one that its violation asked for. */
async function readStepBack(tx: Transaction, row: IncidentRow, since: Date): Promise<StepBack> {
  const unproven = row.cause === 'rollback_unproven' ? UNPROVEN.safeParse(row.details).data : undefined;
  if (unproven) {
    const change = await readChange(tx, unproven.change);
    return {
      required: true,
      requestId: null,
      changeId: unproven.change,
      decision: 'executed',
      decidedBy: change?.by ?? null,
      steppedBy: change?.by ?? null,
      rollback: change?.rollback ?? null,
    };
  }
  const requests =
    row.cause === 'slo_violation'
      ? await tx.rollbackRequest.findMany({
          where: {
            rolloutId: row.rolloutId,
            openedAt: { gte: since, ...(row.closedAt ? { lte: row.closedAt } : {}) },
          },
          orderBy: { openedAt: 'desc' },
        })
      : [];
  const request = decisiveRequest(requests);
  const change = request?.changeId ? await readChange(tx, request.changeId) : null;
  const decidedBy = request?.decidedById
    ? { id: request.decidedById, name: request.decidedByName ?? request.decidedById }
    : null;
  return {
    required: request !== null,
    requestId: request?.id ?? null,
    changeId: request?.changeId ?? null,
    decision: request ? decisionOf(request) : null,
    decidedBy,
    steppedBy: change?.by ?? null,
    rollback: change?.rollback ?? null,
  };
}

async function readChange(tx: Transaction, id: string) {
  const change = await tx.phaseChange.findUnique({ where: { id } });
  return (
    change && {
      by: { id: change.actorId, name: change.actorName },
      rollback: { proven: change.proof === 'proven', exitCode: exitCodeOf(change.trigger) },
    }
  );
}

/** When an incident was opened, or opened again: what happened before is of the past. */
export async function openSince(reader: Reader, row: Pick<IncidentRow, 'id' | 'openedAt'>): Promise<Date> {
  const again = await reader.incidentEvent.findFirst({
    where: { incidentId: row.id, kind: 'reopened' },
    orderBy: { at: 'desc' },
    select: { at: true },
  });
  return again?.at ?? row.openedAt;
}

/** A window by which an incident is judged to be over. */
export type RecoveryWindow = { windowStart: Date; windowEnd: Date; verdict: string; sloMet: boolean | null };

/**
 * The windows by which an incident is judged to be over, newest first: of the phase the rollout is in, that ended after the
 * incident was opened, or opened again. A phase that serves only defaults hurts nobody and sends nothing: there a window that
 * cannot tell counts as met.
 */
export async function readWindows(
  reader: Reader,
  policy: Policy,
  row: Pick<IncidentRow, 'id' | 'openedAt' | 'rolloutId' | 'phase'>,
): Promise<RecoveryWindow[]> {
  const { rolloutId } = row;
  const since = await openSince(reader, row);
  const rollout = await reader.rollout.findUnique({ where: { id: rolloutId }, select: { phase: true } });
  const phase = rollout?.phase ?? row.phase;
  const windows = await reader.verdict.findMany({
    where: { rolloutId, phase, isLatest: true, windowEnd: { gt: since } },
    orderBy: { windowStart: 'desc' },
    select: { windowStart: true, windowEnd: true, verdict: true, sloMet: true },
    take: MOST_LOOKED_AT,
  });
  return nothingIsOn(policy, rolloutId, phase)
    ? windows.map((window) => ({ ...window, sloMet: window.sloMet ?? true }))
    : windows;
}

/** By whom a step was done that nobody did in particular. */
export const BY_ITSELF: Person = { id: SYSTEM_ACTOR.id, name: SYSTEM_ACTOR.name };
