import { businessDayAt } from '#lib/calendar/index.ts';
import { log } from '#lib/config/server.ts';
import { database, inTransaction, publishLive, type Transaction } from '#lib/database/server.ts';
import { SYSTEM_ACTOR } from '#lib/identity/index.ts';
import type { Policy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { announce, holdIncident, type IncidentRow, toIncident } from './incident.store.ts';
import { rcasOwed, remindOfRca } from './rca-reminders.run.ts';
import { BY_ITSELF, type KnownIncident, loadIncidentFacts, openSince } from './steps/facts.store.ts';
import { remindersDue } from './steps/reminders.ts';
import type { IncidentStepName } from './steps/step.schema.ts';
import { completeStep, layDownSteps, noteReminder, readSteps } from './steps/step.store.ts';
import { stepsOf, stepsToComplete } from './steps/step-rules.ts';
import { tellOfIncident } from './tell.store.ts';
import type { NewTimelineEntry } from './timeline/timeline.schema.ts';
import { followTimeline, writeTimeline } from './timeline/timeline.store.ts';

/** When the day ends on which an RCA is due, in the zone of the policy: the time at which offices close. */
const END_OF_BUSINESS = '18:00';

export type IncidentRound = {
  incidents: number;
  steps: { incidentId: string; step: IncidentStepName }[];
  reminders: { incidentId: string; step: IncidentStepName }[];
  /** Incidents whose owners were reminded of an RCA (ROL-6). */
  rcaReminders: string[];
  failures: { incidentId: string; error: string }[];
};

/**
 * Takes every open incident further (INC-1, INC-2): what has happened goes on its timeline, the steps that are done by now
 * go on record in their order with their evidence, and people are reminded of overdue ones and of RCAs that are due. Each incident on its own; safe to
 * call often and by several processes.
 */
export async function advanceIncidents(now: Date): Promise<IncidentRound> {
  const { policy } = await loadPolicy();
  const open = await database().incident.findMany({
    where: { state: 'open' },
    orderBy: { number: 'asc' },
    select: { id: true },
  });
  const round: IncidentRound = {
    incidents: open.length,
    steps: [],
    reminders: [],
    rcaReminders: [],
    failures: [],
  };
  const alone = async (incidentId: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log('incidents').error({ err: error, incidentId }, 'an incident could not be taken further');
      const message = error instanceof Error ? error.message : String(error);
      round.failures.push({ incidentId, error: message });
    }
  };
  for (const { id: incidentId } of open)
    await alone(incidentId, async () => {
      const { done, reminded } = await inTransaction(async (tx) => {
        const row = await holdIncident(tx, incidentId);
        return row?.state === 'open' ? await advanceIn(tx, policy, row, now) : { done: [], reminded: [] };
      });
      round.steps.push(...done.map((step) => ({ incidentId, step })));
      round.reminders.push(...reminded.map((step) => ({ incidentId, step })));
    });
  for (const owed of await rcasOwed(now))
    await alone(owed.id, async () => {
      if (await remindOfRca(policy, owed, now)) round.rcaReminders.push(owed.id);
    });
  return round;
}

/** Takes one open incident further in the caller's transaction, which holds its row. */
export async function advanceIn(
  tx: Transaction,
  policy: Policy,
  row: IncidentRow,
  now: Date,
): Promise<{ done: IncidentStepName[]; reminded: IncidentStepName[] }> {
  const since = await openSince(tx, row);
  await layDownSteps(tx, { id: row.id, openedAt: since }, policy);
  const held = row.rcaDueAt === null ? await setRcaDue(tx, policy, row, since) : row;
  const known = await loadIncidentFacts(tx, policy, held);
  const steps = stepsOf(known.facts, await readSteps(tx, row.id), policy, now);
  const done = stepsToComplete(steps);
  for (const step of done) await complete(tx, row.id, step, known, now);
  const reminded = await remind(tx, policy, held, known, now);
  const news = await followTimeline(tx, held);
  const told = await writeTimeline(
    tx,
    row.id,
    done.map((step) => doneEntry(row.id, step, known, now)),
  );
  if (news + told + reminded.length > 0)
    await publishLive(tx, { topic: 'incident', rolloutId: row.rolloutId });
  const incident = toIncident(held);
  // Last: the record is one chain for all, held until the transaction ends.
  for (const step of done)
    await announce(tx, 'incident.step_done', incident, {
      actor: SYSTEM_ACTOR,
      reason: step,
      details: { step, done_by: doneBy(known, step).name, ...known.evidence[step] },
      at: now,
    });
  return { done, reminded };
}

async function setRcaDue(
  tx: Transaction,
  policy: Policy,
  row: IncidentRow,
  since: Date,
): Promise<IncidentRow> {
  const rcaDueAt = businessDayAt(since, {
    zone: policy.timezone,
    businessDays: policy.incidents.rcaDueBusinessDays,
    at: END_OF_BUSINESS,
  });
  return await tx.incident.update({ where: { id: row.id }, data: { rcaDueAt } });
}

const doneBy = (known: KnownIncident, step: IncidentStepName) => known.doneBy[step] ?? BY_ITSELF;

async function complete(
  tx: Transaction,
  incidentId: string,
  step: IncidentStepName,
  known: KnownIncident,
  at: Date,
): Promise<void> {
  await completeStep(tx, {
    incidentId,
    step,
    by: doneBy(known, step),
    evidence: known.evidence[step],
    at,
  });
}

function doneEntry(
  incidentId: string,
  step: IncidentStepName,
  known: KnownIncident,
  at: Date,
): NewTimelineEntry {
  return {
    // Once opened again, an incident goes through its steps again.
    dedupKey: `${incidentId}:step:${step}:${known.facts.openedAt.toISOString()}`,
    at,
    kind: 'step_done',
    actorName: doneBy(known, step).name,
    details: { step, evidence: known.evidence[step] },
  };
}

/** Tells people of overdue steps as they stand after this round, each once per period whoever looks (INC-2). */
async function remind(
  tx: Transaction,
  policy: Policy,
  row: IncidentRow,
  { facts }: KnownIncident,
  now: Date,
): Promise<IncidentStepName[]> {
  const records = await readSteps(tx, row.id);
  const remindedAt = new Map(
    records.flatMap(({ step, remindedAt: at }) => (at === null ? [] : [[step, at] as const])),
  );
  const { remindEverySeconds } = policy.incidents;
  const due = remindersDue(stepsOf(facts, records, policy, now), remindedAt, remindEverySeconds, now);
  for (const { step, period } of due) {
    await tellOfIncident(tx, policy, row, {
      cause: { kind: 'step-overdue', incidentId: row.id, step },
      once: `${facts.openedAt.toISOString()}:${step}:${period}`,
      at: now,
    });
    await noteReminder(tx, row.id, step, now);
  }
  return due.map(({ step }) => step);
}
