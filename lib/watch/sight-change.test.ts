import { expect, it } from 'vitest';
import type { CollectorHealth } from '#lib/collector/index.ts';
import { type SightAction, sightChange } from './sight-change.ts';

const health = (state: CollectorHealth['state']): CollectorHealth => ({
  state,
  blind: state === 'blind',
  newestWindowEnd: null,
  ageSeconds: null,
  dueWindows: 0,
  problems: [],
  lastReadAt: null,
  pausedSince: null,
});

const cases: [SightAction | null, CollectorHealth['state'], SightAction | null][] = [
  [null, 'waiting', null],
  [null, 'watching', null],
  [null, 'blind', 'collector.blind'],
  ['collector.blind', 'blind', null],
  ['collector.blind', 'watching', 'collector.sees_again'],
  ['collector.sees_again', 'watching', null],
  ['collector.sees_again', 'blind', 'collector.blind'],
  ['collector.blind', 'waiting', null],
];

it.each(cases)('after %s, %s is recorded as %s', (recorded, state, expected) => {
  expect(sightChange(recorded, health(state))).toBe(expected);
});
