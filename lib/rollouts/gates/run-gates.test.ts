import { describe, expect, it } from 'vitest';
import { factsOf, minutesOn, NEWEST_END, verdicts, WINDOW_MS } from '../decision/facts.fixture.ts';
import type { DecisionFacts } from './gate-facts.ts';
import { currentRun, earliestAfter, runGate } from './run-gates.ts';

const EIGHT = { kind: 'windows_running', windows: 8 } as const;
const metFor = (hours: number) => ({ kind: 'met_for', durationSeconds: hours * 3600 }) as const;
const gate = (which: Parameters<typeof runGate>[0], facts: DecisionFacts) =>
  runGate(which, currentRun(facts), facts);

describe('eight windows running', () => {
  it.each([
    ['........', 8, 'met'],
    ['.........', 8, 'met'],
    ['.......', 7, 'run_too_short'],
    ['..w..w..', 8, 'met'],
    ['....--....', 8, 'met'], // a window that cannot tell neither counts nor resets
    ['....-...', 7, 'run_too_short'],
    ['--------', 0, 'run_too_short'],
    ['.......v', 0, 'run_reset_violation'],
    ['.......u', 0, 'run_reset_unmet'],
    ['.......V', 0, 'run_reset_violation'],
    ['v.......', 7, 'run_too_short'],
    ['v........', 8, 'met'],
    ['.... ....', 4, 'run_too_short'], // a missing window resets
    ['. ........', 8, 'met'],
    ['ooooooooo', 0, 'run_reset_policy'],
    ['ooo.....', 5, 'run_too_short'],
    ['ooo........', 8, 'met'],
    ['.....v--', 0, 'run_reset_violation'],
  ])('of "%s" are %i: %s [PHA-4]', (windows, now, reason) => {
    expect(gate(EIGHT, factsOf({ windows }))).toMatchObject({
      now,
      needed: 8,
      unit: 'windows',
      reason,
      state: reason === 'met' ? 'met' : 'unmet',
    });
  });

  it('says where the run begins and what ended the one before [PHA-4]', () => {
    const check = gate(EIGHT, factsOf({ windows: '...u....' }));
    expect(check.since).toBe(minutesOn(-60).toISOString());
    expect(check.detail).toEqual({
      reset_at: minutesOn(-75).toISOString(),
      reset_by: 'run_reset_unmet',
    });
  });

  it('counts only whole windows of this stay: the one it was entered in does not [PHA-4]', () => {
    const entered = (minutes: number) =>
      factsOf({ rollout: { phaseEnteredAt: minutesOn(minutes).toISOString() } });
    expect(gate(EIGHT, entered(-120)).now).toBe(8);
    expect(gate(EIGHT, entered(-119)).now).toBe(7);
    expect(gate(EIGHT, entered(-7)).now).toBe(0);
  });

  it('is whole again once the windows of a gap have been made up for [PHA-4]', () => {
    expect(gate(EIGHT, factsOf({ windows: '....  ....' }))).toMatchObject({ now: 4, state: 'unmet' });
    expect(gate(EIGHT, factsOf({ windows: '..........' }))).toMatchObject({ now: 8, state: 'met' });
    expect(gate(EIGHT, factsOf({ windows: '....--....' }))).toMatchObject({ now: 8, state: 'met' });
  });

  it('begins anew where late data has turned a window of the run [PHA-4] [COL-6]', () => {
    expect(gate(EIGHT, factsOf({ windows: '..........' })).state).toBe('met');
    expect(gate(EIGHT, factsOf({ windows: '....u.....' }))).toMatchObject({ state: 'unmet', now: 5 });
    expect(gate(EIGHT, factsOf({ windows: '....-.....' }))).toMatchObject({ state: 'met', now: 8 });
  });
});

describe('an objective met for a time', () => {
  it.each([
    [24, 96],
    [72, 288],
    [120, 480],
  ])('%i h are %i met windows, not one fewer [PHA-4]', (hours, windows) => {
    const short = gate(metFor(hours), factsOf({ windows: '.'.repeat(windows - 1) }));
    expect(short).toMatchObject({
      state: 'unmet',
      now: hours * 3600 - 900,
      needed: hours * 3600,
      unit: 'seconds',
      earliestAt: minutesOn(15).toISOString(),
    });
    expect(gate(metFor(hours), factsOf({ windows: '.'.repeat(windows) })).state).toBe('met');
    expect(gate(metFor(hours), factsOf({ windows: `${'.'.repeat(windows - 1)}u` })).now).toBe(0);
    expect(
      gate(metFor(hours), factsOf({ windows: `.${'-'.repeat(9)}${'.'.repeat(windows - 1)}` })).state,
    ).toBe('met');
  });

  it('does not count what cannot be told: a quiet night makes the wait longer [PHA-4]', () => {
    const night = `${'.'.repeat(48)}${'-'.repeat(32)}${'.'.repeat(47)}`;
    expect(gate(metFor(24), factsOf({ windows: night }))).toMatchObject({ state: 'unmet', now: 95 * 900 });
    expect(gate(metFor(24), factsOf({ windows: `${night}.` })).state).toBe('met');
  });

  it('asks for whole windows where the duration is none [PHA-4]', () => {
    const twentyMinutes = { kind: 'met_for', durationSeconds: 1200 } as const;
    expect(gate(twentyMinutes, factsOf({ windows: '.' }))).toMatchObject({ state: 'unmet', now: 900 });
    expect(gate(twentyMinutes, factsOf({ windows: '..' }))).toMatchObject({ state: 'met', now: 1200 });
  });
});

describe('the earliest time', () => {
  const at = (hhmm: string) => new Date(`2026-11-20T${hhmm}:00.000Z`);
  const five = (now: Date, entered = at('12:45')) =>
    factsOf({ windows: '.....', now, rollout: { phaseEnteredAt: entered.toISOString() } });

  it('5 of 8 windows, 3 to go, earliest 14:45 [PHA-4]', () => {
    expect(gate(EIGHT, five(at('14:03')))).toMatchObject({
      now: 5,
      needed: 8,
      earliestAt: at('14:45').toISOString(),
    });
  });

  it.each([
    // now, windows to go, earliest
    ['the newest closed window is judged', '14:03', 3, '14:45'],
    ['a window has closed and is not judged yet', '14:16', 3, '14:45'],
    ['two windows wait to be judged', '14:31', 3, '14:45'],
    ['the last window needed has closed: as soon as it is judged', '14:16', 1, '14:16'],
    ['Phasegate was down: missing windows are made up for', '17:00', 3, '17:00'],
    ['Phasegate was down, and more windows are needed', '15:00', 8, '16:00'],
    ['the clock was set back: what is judged already stays', '13:00', 3, '14:45'],
  ])('%s', (_, now, toGo, earliest) => {
    expect(earliestAfter(five(at(now)), toGo)).toEqual(at(earliest));
  });

  it('counts from the first whole window before there is a verdict [PHA-4]', () => {
    const fresh = (entered: string, now: string) =>
      factsOf({ verdicts: [], now: at(now), rollout: { phaseEnteredAt: at(entered).toISOString() } });
    expect(gate(EIGHT, fresh('14:07', '14:08')).earliestAt).toBe(at('16:15').toISOString());
    expect(gate(EIGHT, fresh('14:00', '14:01')).earliestAt).toBe(at('16:00').toISOString());
  });

  it('does not count the window in which the phase was entered, judged or not [PHA-4]', () => {
    const entered = minutesOn(-8).toISOString();
    const facts = factsOf({ verdicts: verdicts('.'), rollout: { phaseEnteredAt: entered } });
    expect(gate(EIGHT, facts)).toMatchObject({ now: 0, earliestAt: at('16:00').toISOString() });
  });

  it('begins at the horizon where too much is missing to be made up for [PHA-4] [COL-3]', () => {
    const late = new Date(NEWEST_END.getTime() + 6 * 86_400_000 + 60_000);
    expect(earliestAfter(five(late), 3).getTime()).toBe(late.getTime());
    const needs = 5 * 96 + 2; // five days are made up for; two windows more have to come
    expect(earliestAfter(five(late), needs).getTime()).toBe(late.getTime() - 60_000 + 2 * WINDOW_MS);
  });
});
