import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '#lib/policy/index.ts';
import type { Review } from '#lib/rollouts/index.ts';
import { incidentViewOf, reviewViewOf, type WindowGlance } from './safety-record.ts';

const read = (file: string) => ({ file, text: readFileSync(file, 'utf8') });
const { policy } = parsePolicy({
  policy: read('governance/policy.yaml'),
  events: read('governance/events.yaml'),
});
const AT = new Date('2026-11-21T14:00:00.000Z');

const review = (change: Partial<Review> = {}): Review => ({
  id: 'v1',
  rolloutId: 'autosave',
  kind: 'rollback',
  subject: 'phase_change:c1',
  reason: 'r',
  openedById: 'opener',
  openedByName: 'Opener',
  openedAt: AT.toISOString(),
  needed: 2,
  closedAt: null,
  signatures: [],
  ...change,
});

describe('why a reader may not sign a review', () => {
  const blockOf = (change: Partial<Review>, readerId: string, maySign = true) =>
    reviewViewOf({ review: review(change), step: null, policy, readerId, maySign }).blockedBy;
  const signature = { personId: 'me', personName: 'Me', comment: 'c', signedAt: AT.toISOString() };

  it.each([
    [{}, 'me', true, null],
    [{}, 'me', false, 'role'],
    [{}, 'opener', true, 'own_act'],
    [{ signatures: [signature] }, 'me', true, 'signed'],
    [{ closedAt: AT.toISOString() }, 'me', true, 'closed'],
  ] as const)('%o for %s who may sign: %s -> %s', (change, reader, maySign, block) => {
    expect(
      blockOf(
        { ...change, signatures: [...('signatures' in change ? change.signatures : [])] },
        reader,
        maySign,
      ),
    ).toBe(block);
  });
});

describe('why an incident cannot be closed yet [INC-1]', () => {
  const window = (sloMet: boolean | null): WindowGlance => ({
    windowStart: AT,
    windowEnd: AT,
    verdict: sloMet === true ? 'pass' : sloMet === false ? 'violation' : 'insufficient_data',
    sloMet,
  });
  const blockOf = (
    windows: (boolean | null)[],
    rest: { rollbackOpen?: boolean; stepUnproven?: boolean; mayClose?: boolean; state?: string } = {},
  ) =>
    incidentViewOf({
      row: {
        id: 'i1',
        number: 1,
        rolloutId: 'autosave',
        phase: 'A',
        cause: 'slo_violation',
        severity: 'major',
        state: rest.state ?? 'open',
        openedAt: AT,
        closedAt: null,
        closedByName: null,
        closeReason: null,
      },
      windows: windows.map(window),
      rollbackOpen: rest.rollbackOpen ?? false,
      stepUnproven: rest.stepUnproven ?? false,
      policy,
      mayClose: rest.mayClose ?? true,
    }).blockedBy;

  it('opens after two windows running met the SLO, and not after one', () => {
    expect(blockOf([true, true, false])).toBeNull();
    expect(blockOf([true, false, true])).toBe('not_recovered');
    expect(blockOf([])).toBe('not_recovered');
  });

  it('says what holds everybody before it says that a role is missing', () => {
    expect(blockOf([true, true], { rollbackOpen: true, mayClose: false })).toBe('rollback_open');
    expect(blockOf([true, true], { stepUnproven: true })).toBe('step_unproven');
    expect(blockOf([true, true], { mayClose: false })).toBe('role');
    expect(blockOf([true, true], { state: 'closed' })).toBe('closed');
  });
});
