import { describe, expect, it } from 'vitest';
import type { Gate } from '#lib/policy/index.ts';
import { factsOf, metric, minutesOn, POLICY_HASH } from '../decision/facts.fixture.ts';
import type { DecisionFacts, IncidentFact } from './gate-facts.ts';
import { checklistItems, phaseGates } from './phase-gates.ts';

const iso = (minutes: number) => minutesOn(minutes).toISOString();
const only = (gate: Gate, facts: DecisionFacts) =>
  phaseGates({ ...facts, phase: { ...facts.phase, gates: [gate] } });
const first = (gate: Gate, facts: DecisionFacts) => {
  const [check] = only(gate, facts);
  if (!check) throw new Error('no gate');
  return check;
};

describe('no incident', () => {
  const since = (severity: 'any' | 'major'): Gate => ({ kind: 'no_incident', severity, withinSeconds: null });
  const within = (days: number): Gate => ({
    kind: 'no_incident',
    severity: 'major',
    withinSeconds: days * 86_400,
  });
  const DAY = 24 * 60;
  const incident = (severity: 'major' | 'minor', opened: number, closed: number | null): IncidentFact => ({
    id: 'i',
    number: 3,
    severity,
    openedAt: minutesOn(opened),
    closedAt: closed === null ? null : minutesOn(closed),
  });
  // The phase of the example was entered 120 minutes before 14:00; now is 14:03.
  it.each([
    ['any', 'minor', -100, -50, 'unmet'],
    ['any', 'major', -100, -50, 'unmet'],
    ['major', 'minor', -100, -50, 'met'],
    ['major', 'major', -100, -50, 'unmet'],
    ['any', 'major', -200, -121, 'met'],
    ['any', 'major', -200, -120, 'met'],
    ['any', 'major', -200, -119, 'unmet'],
    ['any', 'minor', -200, null, 'unmet'],
  ] as const)(
    'of severity %s since the phase began: %s from %i to %s is %s [PHA-4]',
    (asks, is, opened, closed, state) => {
      expect(first(since(asks), factsOf({ incidents: [incident(is, opened, closed)] })).state).toBe(state);
    },
  );

  it.each([
    [-5 * DAY + 3, 'met', null],
    [-5 * DAY + 4, 'unmet', 4],
    [-60, 'unmet', 5 * DAY - 60],
    [null, 'unmet', null],
  ])('in five days: closed at %s minutes is %s, at the earliest at %s [PHA-4]', (closed, state, earliest) => {
    const facts = factsOf({ incidents: [incident('major', -6 * DAY, closed)] });
    expect(first(within(5), facts)).toMatchObject({
      state,
      earliestAt: earliest === null ? null : iso(earliest),
      ...(state === 'met'
        ? {}
        : { reason: 'incident_in_period', detail: { severity: 'major', incidents: 'Incident-003' } }),
    });
  });
});

describe('a checklist', () => {
  const readiness: Gate = { kind: 'checklist', list: 'readiness' };
  const PEOPLE = ['tests-in-ci', 'runbook-linked'];
  const yes = (item: string, answer: 'yes' | 'no' = 'yes') => ({
    list: 'readiness',
    item,
    answer,
    givenAt: minutesOn(-9),
    holdsRole: true,
  });
  const answered = { answers: PEOPLE.map((item) => yes(item)) };

  it('is met when machine and people say yes to every item [PHA-7]', () => {
    expect(first(readiness, factsOf(answered))).toMatchObject({
      state: 'met',
      now: 5,
      needed: 5,
      unit: 'items',
    });
  });

  it.each([
    ['nobody has answered', { answers: [] }, 'answers_missing', PEOPLE.join(', '), 3],
    [
      'one who said yes has lost the role',
      { answers: [yes('tests-in-ci'), { ...yes('runbook-linked'), holdsRole: false }] },
      'answers_missing',
      'runbook-linked',
      4,
    ],
    [
      'one who said no has lost the role',
      { answers: [yes('tests-in-ci'), { ...yes('runbook-linked', 'no'), holdsRole: false }] },
      'answers_missing',
      'runbook-linked',
      4,
    ],
    ['one is missing', { answers: [yes('tests-in-ci')] }, 'answers_missing', 'runbook-linked', 4],
    [
      'somebody said no',
      { answers: [yes('tests-in-ci', 'no'), yes('runbook-linked')] },
      'answered_no',
      'tests-in-ci',
      4,
    ],
    [
      'a line waits in quarantine',
      { ...answered, quarantineOpenCount: 1 },
      'check_failed',
      'schema-valid',
      4,
    ],
    ['no canary is planned', { ...answered, canaryPlanned: false }, 'check_failed', 'canary-plan', 4],
    ['nothing was measured', { ...answered, metrics: [] }, 'check_failed', 'indicators-set', 4],
    [
      'an objective was not measured',
      { ...answered, metrics: [metric('a'), metric('b', { value: null })] },
      'check_failed',
      'indicators-set',
      4,
    ],
  ])('holds when %s [PHA-7]', (_, rest, reason, missing, now) => {
    expect(first(readiness, factsOf(rest))).toMatchObject({
      state: 'unmet',
      reason,
      now,
      detail: { missing },
    });
  });

  it('does not ask for what is watched without a limit, or decides nothing [PHA-7]', () => {
    const metrics = [
      metric('a'),
      metric('b', { value: null, shadow: true }),
      metric('c', { value: null, limit: null }),
    ];
    expect(first(readiness, factsOf({ ...answered, metrics })).state).toBe('met');
  });

  it('answers "every indicator is met" from the newest window, by the rules in force [PHA-7]', () => {
    const answer = (windows: string) =>
      checklistItems('transition', factsOf({ windows })).find(({ item }) => item.id === 'indicators-met')
        ?.answer;
    expect(['.', 'w', 'u', 'v', '-', 'o', ''].map(answer)).toEqual([
      'yes',
      'yes',
      'no',
      'no',
      'no',
      'no',
      'no',
    ]);
  });

  it('knows when a check can turn good only where the next window answers it [PHA-4]', () => {
    const transition: Gate = { kind: 'checklist', list: 'transition' };
    const answers = [{ ...yes('qa-checklist'), list: 'transition' }];
    expect(first(transition, factsOf({ windows: '..u', answers })).earliestAt).toBe(iso(15));
    expect(
      first(transition, factsOf({ windows: '..u', answers, quarantineOpenCount: 1 })).earliestAt,
    ).toBeNull();
  });

  it('that does not exist never passes [PHA-7]', () => {
    expect(first({ kind: 'checklist', list: 'none' }, factsOf()).state).toBe('unknown');
  });
});

describe('signed panels', () => {
  const gate: Gate = { kind: 'signed_off', panels: ['autosave', 'slo'], role: 'reviewer' };
  const sign = (panel: string, role = 'reviewer', policyHash = POLICY_HASH) => ({
    panel,
    role,
    personId: 'p',
    policyHash,
    givenAt: minutesOn(-3),
  });

  it('each need a signature of the role, given under this policy [DASH-1] [PHA-3]', () => {
    const signOffs = [sign('autosave'), sign('slo', 'sre'), sign('slo', 'reviewer', 'older')];
    expect(only(gate, factsOf({ signOffs })).map(({ id, state, now }) => [id, state, now])).toEqual([
      ['signed_off:autosave', 'met', 1],
      ['signed_off:slo', 'unmet', 0],
    ]);
    expect(only(gate, factsOf({ signOffs: [...signOffs, sign('slo')] })).map(({ state }) => state)).toEqual([
      'met',
      'met',
    ]);
  });
});
