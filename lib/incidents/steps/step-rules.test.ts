import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '#lib/policy/index.ts';
import type { INCIDENT_STEPS } from './step.schema.ts';
import {
  type IncidentFacts,
  type StepRecord,
  stepsOf,
  stepsToComplete,
  whyNotClosable,
} from './step-rules.ts';

const { policy } = parsePolicy({
  policy: { file: 'policy.yaml', text: readFileSync('governance/policy.yaml', 'utf8') },
  events: { file: 'events.yaml', text: readFileSync('governance/events.yaml', 'utf8') },
});
const openedAt = new Date('2026-11-21T00:00:00Z');
const later = (minutes: number) => new Date(openedAt.getTime() + minutes * 60_000);
const nothing: IncidentFacts = {
  openedAt,
  rollbackRequired: true,
  alert: { delivered: false, matches: false, mentioned: false },
  pagerDuty: 'not_called',
  decision: null,
  rollback: null,
  rcaDrafted: false,
  ownerNamed: false,
  rcaDueAt: null,
  rcaShared: false,
  greenWindows: 0,
  closed: false,
};
const told = { ...nothing, alert: { delivered: true, matches: true, mentioned: true } };
const rolledBack = { ...told, decision: 'executed' as const, rollback: { proven: true, exitCode: 0 } };
const done = (...names: readonly (typeof INCIDENT_STEPS)[number][]): StepRecord[] =>
  names.map((step) => ({ step, doneAt: later(1), doneByName: 'Phasegate', comment: '' }));
const states = (facts: IncidentFacts, records: StepRecord[] = [], minutes = 1) =>
  stepsOf(facts, records, policy, later(minutes)).map(({ step, state }) => `${step} ${state}`);
const ready = (facts: IncidentFacts, records: StepRecord[] = []) =>
  stepsToComplete(stepsOf(facts, records, policy, later(1)));

describe('the five steps', () => {
  it('open one after the other [INC-1]', () => {
    expect(states(nothing)).toEqual([
      'received open',
      'escalation waiting',
      'rollback waiting',
      'rca waiting',
      'closure waiting',
    ]);
    expect(states(told, done('received'))[1]).toBe('escalation open');
  });

  it.each([
    ['received', 5],
    ['escalation', 15],
    ['rollback', 30],
    ['rca', 45],
  ] as const)('make %s overdue after %i minutes, not at them [INC-1] [INC-2]', (step, minutes) => {
    const stateAt = (at: number) => states(nothing, [], at).find((line) => line.startsWith(step));
    expect(stateAt(minutes)).not.toBe(`${step} overdue`);
    expect(stateAt(minutes + 1)).toBe(`${step} overdue`);
  });

  it('are completed by what a machine can know, and stop at what is missing [INC-1]', () => {
    expect(ready(nothing)).toEqual([]);
    expect(ready({ ...told, alert: { ...told.alert, matches: false } })).toEqual([]);
    expect(ready(told)).toEqual(['received']);
    expect(ready(rolledBack)).toEqual(['received', 'escalation', 'rollback']);
    expect(ready({ ...rolledBack, rcaDrafted: true })).toEqual(['received', 'escalation', 'rollback']);
    expect(ready({ ...rolledBack, rcaDrafted: true, ownerNamed: true })).toEqual([
      'received',
      'escalation',
      'rollback',
      'rca',
    ]);
  });

  it('are never skipped: what is done later waits for what comes before [INC-2]', () => {
    expect(
      ready({
        ...nothing,
        decision: 'executed',
        rollback: { proven: true, exitCode: 0 },
        rcaDrafted: true,
        ownerNamed: true,
      }),
    ).toEqual([]);
  });

  it('want a rollback that was read back, and exit code 0 where a command made it [INC-1]', () => {
    const upTo = (rollback: IncidentFacts['rollback']) =>
      ready({ ...rolledBack, rollback }).includes('rollback');
    expect(upTo({ proven: false, exitCode: 0 })).toBe(false);
    expect(upTo({ proven: true, exitCode: 4 })).toBe(false);
    expect(upTo({ proven: true, exitCode: null })).toBe(true);
  });

  it('ask for no rollback where none was required, or on-call said not now', () => {
    expect(ready({ ...told, rollbackRequired: false })).toEqual(['received', 'escalation', 'rollback']);
    expect(ready({ ...told, decision: 'declined' })).toEqual(['received', 'escalation', 'rollback']);
  });

  it('show a PagerDuty that nobody has acknowledged, without holding anything [INC-1]', () => {
    const [, escalation] = stepsOf({ ...rolledBack, pagerDuty: 'triggered' }, [], policy, later(1));
    expect(escalation?.checks.at(-1)).toEqual({ check: 'pagerduty_acknowledged', state: 'no', holds: false });
  });

  it('are closed by a person only, after two green windows and all steps before [INC-1]', () => {
    const all = { ...rolledBack, rcaDrafted: true, ownerNamed: true };
    const records = done('received', 'escalation', 'rollback', 'rca');
    const why = (facts: IncidentFacts, kept: StepRecord[]) =>
      whyNotClosable(stepsOf(facts, kept, policy, later(90)));
    expect(ready({ ...all, greenWindows: 9 }, records)).toEqual([]);
    expect(why({ ...all, greenWindows: 1 }, records)).toEqual({ steps: [], checks: ['slo_green'] });
    expect(why({ ...all, greenWindows: 2 }, records)).toEqual({ steps: [], checks: [] });
    expect(why({ ...all, greenWindows: 2 }, done('received', 'escalation', 'rollback'))).toEqual({
      steps: ['rca'],
      checks: [],
    });
  });
});
