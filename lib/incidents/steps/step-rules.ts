import type { Policy } from '#lib/policy/index.ts';
import {
  INCIDENT_STEPS,
  type IncidentStep,
  type IncidentStepName,
  type StepCheck,
  type StepCheckName,
} from './step.schema.ts';

/** What is known of an incident, read at one moment. */
export type IncidentFacts = {
  openedAt: Date;
  /** Whether a step back is required, and there is a phase to go back to. */
  rollbackRequired: boolean;
  alert: { delivered: boolean; matches: boolean; mentioned: boolean };
  pagerDuty: 'not_called' | 'triggered' | 'acknowledged' | 'resolved';
  /** What became of the required rollback; null while it waits for its decision. */
  decision: 'executed' | 'declined' | 'withdrawn' | null;
  rollback: { proven: boolean; exitCode: number | null } | null;
  rcaDrafted: boolean;
  ownerNamed: boolean;
  rcaDueAt: Date | null;
  /** null: none is owed, because nobody was hurt enough for a step back. */
  rcaShared: boolean | null;
  greenWindows: number;
  closed: boolean;
};

/** What the database keeps of a step that is done. */
export type StepRecord = {
  step: IncidentStepName;
  doneAt: Date | null;
  doneByName: string | null;
  comment: string;
};

const check = (name: StepCheckName, yes: boolean, holds = true): StepCheck => ({
  check: name,
  state: yes ? 'yes' : 'no',
  holds,
});
const notNeeded = (name: StepCheckName): StepCheck => ({ check: name, state: 'not_needed', holds: false });

/** The checks of a step (INC-1). */
function checksOf(step: IncidentStepName, facts: IncidentFacts, policy: Policy): StepCheck[] {
  const executed = facts.decision === 'executed';
  switch (step) {
    case 'received':
      return [check('alert_delivered', facts.alert.delivered), check('alert_matches', facts.alert.matches)];
    case 'escalation':
      return [
        facts.rollbackRequired ? check('decision_made', facts.decision !== null) : notNeeded('decision_made'),
        facts.rollbackRequired
          ? check('on_call_mentioned', facts.alert.mentioned)
          : notNeeded('on_call_mentioned'),
        facts.pagerDuty === 'not_called'
          ? notNeeded('pagerduty_acknowledged')
          : check('pagerduty_acknowledged', facts.pagerDuty !== 'triggered', false),
      ];
    case 'rollback':
      if (!facts.rollbackRequired || (facts.decision !== null && !executed))
        return [notNeeded('rollback_executed'), notNeeded('rollback_proven'), notNeeded('exit_code_zero')];
      return [
        check('rollback_executed', facts.rollback !== null),
        check('rollback_proven', facts.rollback?.proven ?? false),
        // A button leaves no exit code; a command's must be 0.
        facts.rollback && facts.rollback.exitCode === null
          ? notNeeded('exit_code_zero')
          : check('exit_code_zero', facts.rollback?.exitCode === 0),
      ];
    case 'rca':
      return [check('rca_drafted', facts.rcaDrafted), check('owner_named', facts.ownerNamed)];
    case 'closure':
      return [
        check('slo_green', facts.greenWindows >= policy.incidents.closedAfterGreenWindows),
        facts.pagerDuty === 'not_called'
          ? notNeeded('pagerduty_resolved')
          : // It is resolved by the closing itself, so it cannot hold it.
            check('pagerduty_resolved', facts.pagerDuty === 'resolved', false),
        // Due on the next business day: an incident does not stay open over a weekend for it.
        facts.rcaShared === null ? notNeeded('rca_shared') : check('rca_shared', facts.rcaShared, false),
      ];
  }
}

/** When a step is due: from the opening by policy; the closing has no deadline of its own. */
export function dueAtOf(
  step: IncidentStepName,
  facts: Pick<IncidentFacts, 'openedAt'>,
  policy: Policy,
): Date | null {
  const within = {
    received: policy.incidents.receivedWithinSeconds,
    escalation: policy.incidents.decidedWithinSeconds,
    rollback: policy.incidents.rolledBackWithinSeconds,
    rca: policy.incidents.rcaDraftWithinSeconds,
    closure: null,
  }[step];
  return within === null ? null : new Date(facts.openedAt.getTime() + within * 1000);
}

/**
 * The five steps as they stand (INC-1, INC-2): a step is open once the one before is done, overdue past its deadline, and
 * done when the record says so. Pure.
 */
export function stepsOf(
  facts: IncidentFacts,
  records: readonly StepRecord[],
  policy: Policy,
  now: Date,
): IncidentStep[] {
  let before = true;
  return INCIDENT_STEPS.map((step) => {
    const record = records.find((each) => each.step === step);
    const done = record?.doneAt ?? null;
    const dueAt = dueAtOf(step, facts, policy);
    const state = done ? 'done' : dueAt !== null && now > dueAt ? 'overdue' : before ? 'open' : 'waiting';
    before = before && done !== null;
    return {
      step,
      state,
      dueAt: dueAt?.toISOString() ?? null,
      checks: checksOf(step, facts, policy),
      doneAt: done?.toISOString() ?? null,
      doneByName: record?.doneByName ?? null,
      comment: record?.comment ?? '',
    };
  });
}

/**
 * The steps that are done by now and not on record yet, in order; it ends at the first one that a check still holds. The
 * closing is a person's word: it is never done by itself. Pure.
 */
export function stepsToComplete(steps: readonly IncidentStep[]): IncidentStepName[] {
  const ready: IncidentStepName[] = [];
  for (const { step, state, checks } of steps) {
    if (state === 'done') continue;
    if (step === 'closure' || checks.some(({ holds, state: answer }) => holds && answer === 'no')) break;
    ready.push(step);
  }
  return ready;
}

/** What keeps an incident from being closed: steps before the closing that are not done, and checks that hold it. Pure. */
export function whyNotClosable(steps: readonly IncidentStep[]): {
  steps: IncidentStepName[];
  checks: StepCheckName[];
} {
  const closing = steps.find(({ step }) => step === 'closure');
  return {
    steps: steps.filter(({ step, state }) => step !== 'closure' && state !== 'done').map(({ step }) => step),
    checks: (closing?.checks ?? [])
      .filter(({ holds, state }) => holds && state === 'no')
      .map((each) => each.check),
  };
}
