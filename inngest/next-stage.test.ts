import { expect, it } from 'vitest';
import type { CycleRow } from '#lib/collector/server.ts';
import { nextStageEvents, roundOf, spansOf, stageSpans } from './next-stage.ts';

const base = Date.parse('2026-11-21T00:00:00Z');
const at = (index: number) => new Date(base + index * 900_000);
const cycle = (
  index: number,
  state: CycleRow['state'],
  origin: CycleRow['origin'] = 'catch_up',
): CycleRow => ({
  windowStart: at(index),
  windowEnd: at(index + 1),
  origin,
  state,
});
const span = (from: number, to: number) => ({ from: at(from).toISOString(), to: at(to).toISOString() });

it('makes up for windows in a row together, six hours at most, oldest first [COL-3]', () => {
  const cycles = Array.from({ length: 30 }, (_, index) => cycle(index, 'due'));
  expect(stageSpans(cycles)).toEqual([
    { ...span(0, 24), state: 'due' },
    { ...span(24, 30), state: 'due' },
  ]);
});

it('gives a scheduled window a run of its own, and keeps gaps and stages apart [COL-3]', () => {
  const cycles = [
    cycle(0, 'analyzed'),
    cycle(1, 'collected'),
    cycle(2, 'due'),
    cycle(3, 'reported'),
    cycle(4, 'due'),
    cycle(5, 'due'),
    cycle(6, 'due', 'scheduled'),
    cycle(7, 'due', 'scheduled'),
  ];
  expect(stageSpans(cycles)).toEqual([
    { ...span(0, 1), state: 'analyzed' },
    { ...span(1, 2), state: 'collected' },
    { ...span(2, 3), state: 'due' },
    { ...span(4, 6), state: 'due' },
    { ...span(6, 7), state: 'due' },
    { ...span(7, 8), state: 'due' },
  ]);
});

it('hands each span to its next stage under an id of its own', () => {
  const events = nextStageEvents(
    [
      { ...span(0, 1), state: 'collected' },
      { ...span(2, 3), state: 'due' },
    ],
    'r1',
  );
  expect(events.map(({ name, data, id }) => ({ name, data, id }))).toEqual([
    {
      name: 'phasegate/window.collected',
      data: span(0, 1),
      id: 'phasegate/window.collected:2026-11-21T00:00:00.000Z:2026-11-21T00:15:00.000Z:r1',
    },
    {
      name: 'phasegate/window.closed',
      data: span(2, 3),
      id: 'phasegate/window.closed:2026-11-21T00:30:00.000Z:2026-11-21T00:45:00.000Z:r1',
    },
  ]);
});

it('joins the windows that late events have touched [COL-6]', () => {
  expect(
    spansOf(
      [at(5), at(2), at(3)].map((start) => start.toISOString()),
      900,
    ),
  ).toEqual([span(2, 4), span(5, 6)]);
  expect(spansOf([], 900)).toEqual([]);
});

it('tries an unfinished window again each hour, and at once when a person asks', () => {
  const tick = (time: string) => roundOf({ name: 'inngest/scheduled.timer', ts: Date.parse(time) }, 'run-1');
  expect(tick('2026-11-21T10:15:00Z')).toBe(tick('2026-11-21T10:45:00Z'));
  expect(tick('2026-11-21T11:00:00Z')).not.toBe(tick('2026-11-21T10:45:00Z'));
  expect(roundOf({ name: 'phasegate/cycle.requested', ts: 0 }, 'run-7')).toBe('run-7');
});
