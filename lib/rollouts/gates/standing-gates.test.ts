import { describe, expect, it } from 'vitest';
import { decide } from '../decision/decide.ts';
import type { GateKind } from '../decision/decision.schema.ts';
import { factsOf, minutesOn, NEWEST_END, verdicts } from '../decision/facts.fixture.ts';
import type { DecisionFacts } from './gate-facts.ts';
import { standingGates } from './standing-gates.ts';

const iso = (minutes: number) => minutesOn(minutes).toISOString();
function gate(kind: GateKind, facts: DecisionFacts) {
  const check = standingGates(facts).find((each) => each.kind === kind);
  if (!check) throw new Error(`no gate ${kind}`);
  return check;
}
const stop = (kind: 'kill' | 'freeze', endsAt: Date | null = null) => ({
  id: `${kind}-${endsAt?.getTime() ?? 'open'}`,
  kind,
  scope: '*',
  reason: 'stop',
  orderedAt: minutesOn(-5),
  endsAt,
});

it('lets a rollout in order pass every one of them [PHA-3]', () => {
  expect(standingGates(factsOf()).filter(({ state }) => state !== 'met')).toEqual([]);
});

describe('stops', () => {
  it('hold while a kill switch is pressed, and while the rollout is halted behind it [PHA-3]', () => {
    expect(gate('kill_switch', factsOf({ stops: [stop('kill')] }))).toMatchObject({
      state: 'unmet',
      reason: 'killed',
      since: iso(-5),
    });
    const halted = factsOf({ rollout: { state: 'halted', resumeState: 'running' } });
    expect(gate('kill_switch', halted)).toMatchObject({ state: 'unmet', reason: 'killed' });
    expect(gate('state', halted).state).toBe('met');
  });

  it('hold promotions while the line is stopped, until the last order ends [PHA-3]', () => {
    const orders = [stop('freeze', minutesOn(30)), stop('freeze', minutesOn(90))];
    expect(gate('freeze', factsOf({ stops: orders }))).toMatchObject({
      reason: 'line_stopped',
      earliestAt: iso(90),
    });
    expect(gate('freeze', factsOf({ stops: [...orders, stop('freeze')] })).earliestAt).toBeNull();
  });

  const frozen = (from: string, to: string) => ({
    freezes: [{ id: 'release', label: { ja: '凍結', en: 'Freeze' }, period: { from, to } }],
  });
  it.each([
    ['2026-11-20T23:03', '2026-11-21T00:00', 'frozen_by_calendar'], // Tokyo: 14:03 UTC
    ['2026-11-20T23:04', '2026-11-21T00:00', 'met'],
    ['2026-11-20T22:00', '2026-11-20T23:03', 'met'],
    ['2026-11-20T22:00', '2026-11-20T23:04', 'frozen_by_calendar'],
  ])('hold in the calendar of the policy from %s to %s: %s [PHA-3]', (from, to, reason) => {
    expect(gate('freeze', factsOf({ policy: frozen(from, to) })).reason).toBe(reason);
  });

  it('end with the calendar where that ends later than the order [PHA-3]', () => {
    const facts = factsOf({
      policy: frozen('2026-11-20T22:00', '2026-11-21T06:00'),
      stops: [stop('freeze', minutesOn(30))],
    });
    expect(gate('freeze', facts)).toMatchObject({
      reason: 'line_stopped',
      earliestAt: '2026-11-20T21:00:00.000Z',
    });
  });
});

describe('the place of the rollout', () => {
  it.each([
    ['running', 'met', null],
    ['awaiting_approval', 'met', null],
    ['preparing', 'not_started', null],
    ['promoting', 'step_unproven', null],
    ['rolling_back', 'step_unproven', null],
    ['watching', 'watching', iso(60)],
    ['awaiting_canary', 'awaiting_canary', iso(600)],
    ['completed', 'completed', null],
  ] as const)('%s: %s [PHA-3] [ROL-5]', (state, reason, earliestAt) => {
    const times = { watchUntil: iso(60), nextCanaryAt: iso(600) };
    expect(gate('state', factsOf({ rollout: { state, ...times } }))).toMatchObject({ reason, earliestAt });
    const halted = { state: 'halted', resumeState: state, ...times } as const;
    expect(gate('state', factsOf({ rollout: halted }))).toMatchObject({ reason, earliestAt });
  });
});

describe('the freshness of data', () => {
  it.each([
    [20, 'met'],
    [20 + 1 / 60, 'window_stale'],
    [0, 'met'],
    [-1, 'met'], // two machines' clocks
    [-1.1, 'window_stale'], // a clock that was set back
    [-55, 'window_stale'],
    [65, 'window_stale'], // a clock that was set forward, or a Collector that stands still
  ])('%d minutes after the newest collected window: %s [PHA-4]', (minutes, reason) => {
    const check = gate('fresh_data', factsOf({ now: minutesOn(minutes) }));
    expect([check.reason, check.state]).toEqual([reason, reason === 'met' ? 'met' : 'unknown']);
  });

  it('is unknown before the first window, and while a source cannot be read [PHA-4]', () => {
    expect(gate('fresh_data', factsOf({ newestCollectedWindowEnd: null }))).toMatchObject({
      state: 'unknown',
      reason: 'no_window_yet',
    });
    expect(gate('fresh_data', factsOf({ unreadSources: ['a.jsonl', 'b.jsonl'] }))).toMatchObject({
      state: 'unknown',
      reason: 'sources_unread',
      detail: { sources: 'a.jsonl, b.jsonl' },
    });
  });

  it.each([
    ['judged', 15, 16, 'met'],
    ['not judged, within the time for it', 0, 16, 'met'],
    ['not judged at the deadline', 0, 27, 'met'],
    ['not judged after the deadline', 0, 27.1, 'verdict_missing'],
    ['two windows behind', -15, 16, 'verdict_missing'],
  ])('a collected window that is %s [PHA-4] [COL-4]', (_, judgedTo, now, reason) => {
    const facts = factsOf({
      verdicts: verdicts('........', minutesOn(judgedTo)),
      newestCollectedWindowEnd: minutesOn(15),
      now: minutesOn(now),
    });
    expect(gate('fresh_data', facts).reason).toBe(reason);
  });

  it('waits for the first verdict of a phase, not for longer than a window takes [PHA-4]', () => {
    const entered = { phaseEnteredAt: iso(-8) };
    const just = factsOf({
      verdicts: [],
      rollout: entered,
      newestCollectedWindowEnd: minutesOn(-15),
      now: minutesOn(-6),
    });
    expect(gate('fresh_data', just).reason).toBe('met');
    expect(gate('healthy_now', just)).toMatchObject({ state: 'unknown', reason: 'no_window_yet' });
    expect(gate('healthy_now', just).earliestAt).toBe(iso(15));
    const long = factsOf({
      verdicts: [],
      rollout: entered,
      newestCollectedWindowEnd: minutesOn(15),
      now: minutesOn(16),
    });
    expect(gate('fresh_data', long).reason).toBe('verdict_missing');
    expect(gate('healthy_now', long)).toMatchObject({ reason: 'verdict_missing', earliestAt: null });
  });
});

describe('the newest window', () => {
  it.each([
    ['.', 'met', 'met'],
    ['w', 'met', 'met'],
    ['u', 'unmet', 'objective_unmet'],
    ['v', 'unmet', 'violation'],
    ['V', 'unmet', 'violation'],
    ['-', 'unknown', 'insufficient_data'],
    ['o', 'unknown', 'run_reset_policy'],
  ])('"%s" is %s: %s [PHA-4]', (last, state, reason) => {
    expect(gate('healthy_now', factsOf({ windows: `........${last}` }))).toMatchObject({ state, reason });
  });
});

describe('what is owed', () => {
  it('holds while an incident is open, with its number [PHA-3]', () => {
    const incident = { id: 'i', number: 7, severity: 'minor' as const, openedAt: minutesOn(-40) };
    expect(gate('no_open_incident', factsOf({ incidents: [{ ...incident, closedAt: null }] }))).toMatchObject(
      {
        state: 'unmet',
        reason: 'incident_open',
        now: 1,
        since: iso(-40),
        detail: { incidents: 'Incident-007' },
      },
    );
    expect(
      gate('no_open_incident', factsOf({ incidents: [{ ...incident, closedAt: minutesOn(-1) }] })).state,
    ).toBe('met');
  });

  it('holds while break-glass acts wait for their signatures [PHA-3]', () => {
    const review = { id: 'r1', needed: 2, signed: 1, openedAt: minutesOn(-30) };
    expect(
      gate('reviews_signed', factsOf({ reviews: [review, { ...review, id: 'r2', signed: 0 }] })),
    ).toMatchObject({ reason: 'review_unsigned', now: 1, needed: 4, unit: 'people', since: iso(-30) });
  });

  it('holds while a rollback waits for its decision, or other flags are served than the policy says [ROL-3] [PHA-1]', () => {
    expect(gate('rollback_pending', factsOf({ rollbackPending: true })).reason).toBe('rollback_required');
    expect(gate('flags_as_policy', factsOf({ flagsAsPolicy: false })).reason).toBe('policy_differs');
  });

  it('holds while the files in governance/ cannot be used, whatever the last valid policy says [PHA-6]', () => {
    expect(gate('flags_as_policy', factsOf({ policyUsable: false }))).toMatchObject({
      state: 'unknown',
      reason: 'policy_unusable',
    });
    expect(decide(factsOf({ policyUsable: false })).decision).toBe('hold');
  });
});

it('says of a newest window that is not met when the next one can be [PHA-4]', () => {
  expect(gate('healthy_now', factsOf({ windows: '.u' })).earliestAt).toBe(iso(15));
  expect(gate('healthy_now', factsOf({ windows: '.u', now: minutesOn(16) })).earliestAt).toBe(iso(16));
  expect(NEWEST_END.toISOString()).toBe('2026-11-20T14:00:00.000Z');
});
