import type { Streak } from '#lib/analyzer/index.ts';
import { incidentKey } from '#lib/incidents/index.ts';
import type { ChecklistCheck, ChecklistItem, Gate } from '#lib/policy/index.ts';
import type { GateCheck } from '../decision/decision.schema.ts';
import { met, notMet } from './gate-check.ts';
import type { AnswerFact, DecisionFacts } from './gate-facts.ts';
import { currentRun, earliestAfter, runGate } from './run-gates.ts';

/** The gates that the policy asks of this phase, evaluated. */
export function phaseGates(facts: DecisionFacts): GateCheck[] {
  const run = currentRun(facts);
  return facts.phase.gates.flatMap((gate) => checksOf(gate, run, facts));
}

function checksOf(gate: Gate, run: Streak, facts: DecisionFacts): GateCheck[] {
  switch (gate.kind) {
    case 'windows_running':
    case 'met_for':
      return [runGate(gate, run, facts)];
    case 'no_incident':
      return [noIncident(gate, facts)];
    case 'checklist':
      return [checklist(gate.list, facts)];
    case 'signed_off':
      return gate.panels.map((panel) => signedOff(panel, gate.role, facts));
  }
}

function noIncident(gate: Extract<Gate, { kind: 'no_incident' }>, facts: DecisionFacts): GateCheck {
  const enteredMs = Date.parse(facts.rollout.phaseEnteredAt);
  const fromMs = gate.withinSeconds === null ? enteredMs : facts.now.getTime() - gate.withinSeconds * 1000;
  const found = facts.incidents.filter(
    (incident) =>
      (gate.severity === 'any' || incident.severity === 'major') &&
      (incident.closedAt === null || incident.closedAt.getTime() > fromMs),
  );
  const scale = {
    now: found.length,
    needed: 0,
    unit: 'incidents' as const,
    since: new Date(fromMs).toISOString(),
  };
  if (found.length === 0) return met('no_incident', { ...scale, detail: { severity: gate.severity } });
  const newestEndMs = Math.max(
    ...found.map(({ closedAt }) => closedAt?.getTime() ?? Number.POSITIVE_INFINITY),
  );
  return notMet('no_incident', 'incident_in_period', {
    ...scale,
    earliestAt:
      gate.withinSeconds === null || !Number.isFinite(newestEndMs)
        ? null
        : new Date(newestEndMs + gate.withinSeconds * 1000).toISOString(),
    detail: { severity: gate.severity, incidents: found.map(({ number }) => incidentKey(number)).join(', ') },
  });
}

/** An item of a checklist with its answer; `null`: no answer of a person counts (yet). */
export type ItemState = { item: ChecklistItem; answer: 'yes' | 'no' | null; by: 'system' | 'person' };

/** Every item of a phase's checklist, the machine's answers included (PHA-7). */
export function checklistItems(list: string, facts: DecisionFacts): ItemState[] {
  return (facts.policy.checklists[list] ?? []).map((item) =>
    item.check
      ? { item, answer: answerOf(item.check, facts) ? 'yes' : 'no', by: 'system' }
      : { item, answer: personsAnswer(facts.answers, list, item.id), by: 'person' },
  );
}

/** A yes as a no counts only while its giver holds the role that may give it, as a vote does (PHA-3). */
function personsAnswer(answers: readonly AnswerFact[], list: string, item: string): 'yes' | 'no' | null {
  const given = answers.find((answer) => answer.list === list && answer.item === item && answer.holdsRole);
  return given?.answer ?? null;
}

function answerOf(check: ChecklistCheck, facts: DecisionFacts): boolean {
  switch (check) {
    case 'objectives_measured':
      return (
        facts.metrics.length > 0 &&
        facts.metrics.every((metric) => metric.shadow || metric.limit === null || metric.value !== null)
      );
    case 'telemetry_valid':
      return facts.quarantineOpenCount === 0;
    case 'objectives_met':
      return facts.verdicts[0]?.sloMet === true && facts.verdicts[0].sameRules;
    case 'canary_planned':
      return facts.canaryPlanned;
  }
}

/** What the next window answers. */
const ANSWERED_BY_WINDOWS: ReadonlySet<ChecklistCheck> = new Set(['objectives_measured', 'objectives_met']);

function checklist(list: string, facts: DecisionFacts): GateCheck {
  const items = checklistItems(list, facts);
  const scale = {
    id: `checklist:${list}`,
    now: items.filter(({ answer }) => answer === 'yes').length,
    needed: items.length,
    unit: 'items' as const,
  };
  const ids = (states: readonly ItemState[]) => states.map(({ item }) => item.id).join(', ');
  const refused = items.filter(({ answer, by }) => answer === 'no' && by === 'person');
  if (refused.length > 0)
    return notMet('checklist', 'answered_no', { ...scale, detail: { missing: ids(refused) } });
  const failed = items.filter(({ answer }) => answer === 'no');
  if (failed.length > 0)
    return notMet('checklist', 'check_failed', {
      ...scale,
      earliestAt: failed.every(({ item }) => item.check && ANSWERED_BY_WINDOWS.has(item.check))
        ? earliestAfter(facts, 1).toISOString()
        : null,
      detail: { missing: ids(failed) },
    });
  const open = items.filter(({ answer }) => answer === null);
  if (open.length > 0)
    return notMet('checklist', 'answers_missing', { ...scale, detail: { missing: ids(open) } });
  return items.length > 0
    ? met('checklist', scale)
    : notMet('checklist', 'answers_missing', { ...scale, state: 'unknown' });
}

function signedOff(panel: string, role: string, facts: DecisionFacts): GateCheck {
  const signature = facts.signOffs.find(
    (signOff) => signOff.panel === panel && signOff.role === role && signOff.policyHash === facts.policyHash,
  );
  const rest = { id: `signed_off:${panel}`, needed: 1, unit: 'people' as const, detail: { panel, role } };
  return signature
    ? met('signed_off', { ...rest, now: 1, since: signature.givenAt.toISOString() })
    : notMet('signed_off', 'sign_offs_missing', { ...rest, now: 0 });
}
