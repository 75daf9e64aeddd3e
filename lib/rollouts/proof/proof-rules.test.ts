import { describe, expect, it } from 'vitest';
import { eventOfProof, needsPerson } from './proof-rules.ts';

const MADE = new Date('2026-11-24T03:00:00Z');
const at = (seconds: number) => new Date(MADE.getTime() + seconds * 1000);

describe('a step that is not proven', () => {
  it.each([
    [1, 3600, false], // the first look after downtime
    [2, 119, false],
    [2, 120, true],
    [6, -3000, false], // the clock was set back
    [7, -3000, true],
  ])('after %i looks and %i s calls a person: %s [ROL-4]', (attempts, seconds, expected) => {
    expect(needsPerson({ createdAt: MADE, attempts }, 120, at(seconds))).toBe(expected);
  });
});

describe('a step that is proven', () => {
  it.each([
    ['rollback', 'rolling_back', null, 'rollback_proven'],
    ['rollback', 'halted', 'rolling_back', 'rollback_proven'],
    ['rollback', 'watching', null, null],
    ['promotion', 'promoting', null, 'promotion_proven'],
    ['promotion', 'halted', 'promoting', 'promotion_proven'],
    ['promotion', 'rolling_back', null, null],
    ['restart', 'running', null, null],
    ['start', 'running', null, null],
  ] as const)('%s in %s (%s): %s [ROL-4]', (kind, state, resumeState, event) => {
    expect(eventOfProof(kind, { state, resumeState })).toBe(event);
  });
});
