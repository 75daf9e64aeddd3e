import { expect, it } from 'vitest';
import { type LineEvent, stepLine } from './live-line.ts';

const SECOND = 1_000;

/** Plays events at their second; what the page did at each. */
function play(events: [number, LineEvent][]) {
  let line = { heardAt: 0, triedAt: 0, missed: false };
  return events.map(([second, event]) => {
    const step = stepLine(line, event, second * SECOND);
    line = step.line;
    return step.reload ? 'reload' : step.reopen ? 'reopen' : '';
  });
}

it('reloads nothing when the stream opens right after the page was made [DASH-7]', () => {
  expect(play([[1, 'opened']])).toEqual(['']);
});

it('reloads when the stream opened late: something may have happened since the page was made [DASH-7]', () => {
  expect(play([[6, 'opened']])).toEqual(['reload']);
});

it('reloads everything once after a break, however short, and not again [DASH-7]', () => {
  expect(
    play([
      [1, 'opened'],
      [20, 'broken'],
      [22, 'opened'],
      [23, 'heard'],
      [24, 'opened'],
    ]),
  ).toEqual(['', '', 'reload', '', '']);
});

it('opens a new line after three silences, as after a sleep, and reloads what was missed [DASH-7]', () => {
  expect(
    play([
      [1, 'opened'],
      [16, 'heard'],
      [66, 'tick'],
      [67, 'tick'],
      [67, 'opening'],
      [72, 'tick'],
      [73, 'opened'],
    ]),
  ).toEqual(['', '', '', 'reopen', '', '', 'reload']);
});

it('stays with a line that is only quiet [DASH-7]', () => {
  expect(
    play([
      [1, 'opened'],
      [16, 'heard'],
      [31, 'heard'],
      [46, 'tick'],
    ]),
  ).toEqual(['', '', '', '']);
});
