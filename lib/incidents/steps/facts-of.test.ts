import { describe, expect, it } from 'vitest';
import { type AlertRow, alertFacts, decisionOf, decisiveRequest, exitCodeOf } from './facts-of.ts';

const nobody = { named: false, receivedComment: false, escalationComment: false };
const alert = (change: Partial<AlertRow> = {}): AlertRow => ({
  phase: 'B',
  request: { phase: 'B', toPhase: 'A' },
  verdict: { phase: 'B', rollbackRequired: true, rollbackTo: 'A' },
  deliveredTo: ['slack'],
  ...change,
});
const request = (state: string, change: object = {}) => ({
  id: state,
  state,
  toPhase: 'A' as string | null,
  decidedById: null,
  decidedByName: null,
  changeId: null,
  ...change,
});

describe('the alert of an incident', () => {
  it.each([
    [['slack'], nobody, true, true],
    [['pagerduty'], nobody, true, true],
    [['issue'], nobody, true, false], // people read it, and on-call was not called
    [['log'], nobody, false, false], // no person reads the program's own log
    [[], nobody, false, false],
    [['log'], { ...nobody, named: true }, true, false],
    [[], { ...nobody, receivedComment: true }, true, false],
    [[], { ...nobody, escalationComment: true }, false, true],
  ])(
    'delivered to %j, people %j: delivered %s, on-call mentioned %s [INC-1]',
    (sinks, people, delivered, mentioned) => {
      expect(alertFacts([alert({ deliveredTo: sinks })], people)).toEqual({
        delivered,
        mentioned,
        matches: true,
      });
    },
  );

  it.each<[string, Partial<AlertRow>, boolean]>([
    ['the verdict’s phase and target', {}, true],
    ['another phase than the verdict', { phase: 'C', request: null }, false],
    ['another phase than the request', { request: { phase: 'C', toPhase: 'A' } }, false],
    ['another target than the verdict', { request: { phase: 'B', toPhase: null } }, false],
    ['no request', { request: null }, true],
    ['no verdict yet', { verdict: null }, true],
    [
      'a verdict that requires nothing by itself',
      { verdict: { phase: 'B', rollbackRequired: false, rollbackTo: null } },
      true,
    ],
  ])('with %s [INC-1]', (_, change, matches) => {
    expect(alertFacts([alert(), alert(change)], nobody).matches).toBe(matches);
  });
});

describe('the required step back of an incident', () => {
  it.each([
    [['declined', 'executed', 'open'], 'open'],
    [['declined', 'executed'], 'executed'],
    [['withdrawn', 'declined'], 'withdrawn'],
    [['recorded'], null],
    [[], null],
  ])('of %j (newest first) is the one that is %s [INC-1]', (states, expected) => {
    expect(decisiveRequest(states.map((state) => request(state)))?.state ?? null).toBe(expected);
  });

  it('is none where nothing is behind', () => {
    expect(decisiveRequest([request('open', { toPhase: null })])).toBeNull();
  });

  it('waits for its decision while it is open', () => {
    expect(['open', 'executed', 'declined', 'withdrawn'].map((state) => decisionOf({ state }))).toEqual([
      null,
      'executed',
      'declined',
      'withdrawn',
    ]);
  });

  it('has an exit code where a command made it', () => {
    expect(['cli', 'button', 'deadline', 'automatic', 'slack', 'api'].map(exitCodeOf)).toEqual([
      0,
      ...Array.from({ length: 5 }, () => null),
    ]);
  });
});
