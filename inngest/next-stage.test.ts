import { expect, it } from 'vitest';
import { nextStageEvents, roundOf } from './next-stage.ts';

const a = '2026-11-21T10:00:00.000Z';
const b = '2026-11-21T10:15:00.000Z';

it('hands each window to the stage that comes next, oldest first, under an id of its own [COL-3]', () => {
  const events = nextStageEvents(
    [
      { windowStart: a, state: 'collected' },
      { windowStart: b, state: 'due' },
      { windowStart: b, state: 'reported' },
    ],
    '2026-11-21T10',
  );
  expect(events.map(({ name, data, id }) => ({ name, data, id }))).toEqual([
    {
      name: 'phasegate/window.collected',
      data: { windowStart: a },
      id: `phasegate/window.collected:${a}:2026-11-21T10`,
    },
    {
      name: 'phasegate/window.closed',
      data: { windowStart: b },
      id: `phasegate/window.closed:${b}:2026-11-21T10`,
    },
  ]);
});

it('tries an unfinished window again each hour, and at once when a person asks', () => {
  const tick = (at: string) => roundOf({ name: 'inngest/scheduled.timer', ts: Date.parse(at) }, 'run-1');
  expect(tick('2026-11-21T10:15:00Z')).toBe(tick('2026-11-21T10:45:00Z'));
  expect(tick('2026-11-21T11:00:00Z')).not.toBe(tick('2026-11-21T10:45:00Z'));
  expect(roundOf({ name: 'phasegate/cycle.requested', ts: 0 }, 'run-7')).toBe('run-7');
});
