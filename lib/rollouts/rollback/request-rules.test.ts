import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RollbackCause } from '../decision/decision.schema.ts';
import { answeredBefore, deadlineNow, modeOfDemand, takenBack } from './request-rules.ts';

const NOW = new Date('2026-11-21T09:00:00Z');
const phase = (rollback: 'shadow' | 'recommend' | 'act', mode: 'automatic' | 'on_call') => ({
  automation: { promotion: 'recommend' as const, rollback },
  rollback: { mode, decideWithinSeconds: 900 },
});
const at = (offsetSeconds: number) => new Date(NOW.getTime() + offsetSeconds * 1000);

const to = (toPhase: string | null, cause: RollbackCause = 'verdict') => ({ toPhase, cause });

describe('how a required rollback is decided', () => {
  it('is what the phase says where automation acts: at once, or by a person within 15 minutes [ROL-3]', () => {
    expect(modeOfDemand(phase('act', 'automatic'), to('A'), NOW)).toEqual({ mode: 'automatic', dueAt: NOW });
    expect(modeOfDemand(phase('act', 'on_call'), to('A'), NOW)).toEqual({ mode: 'on_call', dueAt: at(900) });
  });

  it('has no deadline where automation recommends or nothing is behind, and is only recorded in shadow [ROL-1] [ROL-3]', () => {
    expect(modeOfDemand(phase('recommend', 'automatic'), to('A'), NOW)).toEqual({
      mode: 'recommend',
      dueAt: null,
    });
    expect(modeOfDemand(phase('act', 'automatic'), to(null), NOW)).toEqual({
      mode: 'recommend',
      dueAt: null,
    });
    expect(modeOfDemand(phase('shadow', 'automatic'), to('A'), NOW)).toEqual({ mode: 'shadow', dueAt: null });
  });

  it('asks again with the next window that violates after somebody said not now [ROL-3]', () => {
    const declined = [{ state: 'declined' as const, windowStart: NOW.toISOString() }];
    expect(answeredBefore(declined, NOW)).toBe(true);
    expect(answeredBefore(declined, at(-900))).toBe(true);
    expect(answeredBefore(declined, at(900))).toBe(false);
    expect(answeredBefore([{ state: 'withdrawn', windowStart: NOW.toISOString() }], NOW)).toBe(false);
  });

  it('is taken back when its own verdict was revised, never by silence and never for what a client sent [COL-6]', () => {
    const met = { rollbackRequired: false, sloMet: true };
    expect(takenBack({ cause: 'verdict' }, met)).toBe(true);
    expect(takenBack({ cause: 'verdict' }, { rollbackRequired: true, sloMet: false })).toBe(false);
    expect(takenBack({ cause: 'verdict' }, null)).toBe(false);
    expect(takenBack({ cause: 'slo_unmet' }, { rollbackRequired: false, sloMet: false })).toBe(false);
    expect(takenBack({ cause: 'slo_unmet' }, met)).toBe(true);
    expect(takenBack({ cause: 'violation_event' }, met)).toBe(false);
  });
});

describe('a deadline', () => {
  it('follows a clock that is set back, and is due when it is set forward [ROL-3]', () => {
    const seen = { dueAt: at(900), lastSeenAt: at(60) };
    expect(deadlineNow(seen, at(60 - 3600))).toEqual({
      dueAt: at(900 - 3600),
      lastSeenAt: at(60 - 3600),
      due: false,
    });
    expect(deadlineNow(seen, at(3600)).due).toBe(true);
    expect(deadlineNow(seen, at(58))).toEqual({ dueAt: at(900), lastSeenAt: at(60), due: false });
  });

  it('is never lost however the clock jumps: it comes within one look of its time [ROL-3]', () => {
    const looks = fc.array(
      fc.record({ passes: fc.integer({ min: 1, max: 60 }), jumps: fc.integer({ min: -7200, max: 0 }) }),
      { minLength: 16, maxLength: 80 },
    );
    fc.assert(
      fc.property(looks, (steps) => {
        let seen = { dueAt: at(900), lastSeenAt: NOW };
        let [clock, passed] = [0, 0];
        let jumpsBack = 0;
        for (const { passes, jumps } of steps) {
          clock += passes + jumps;
          passed += passes;
          if (jumps < 0) jumpsBack += 1;
          const { due, ...next } = deadlineNow(seen, at(clock));
          seen = next;
          if (due) return;
          // Each jump may hide the time between two looks, or the tolerance for clocks that differ.
          if (passed > 900 + jumpsBack * 65) throw new Error(`not due after ${passed} s`);
        }
      }),
      { numRuns: 500 },
    );
  });
});

it('asks a person first when nothing is seen any more, even where proof acts at once; silence steps back [COL-5] [ROL-3]', () => {
  expect(modeOfDemand(phase('act', 'automatic'), to('A', 'source_lost'), NOW)).toEqual({
    mode: 'on_call',
    dueAt: at(900),
  });
  expect(modeOfDemand(phase('act', 'automatic'), to(null, 'source_lost'), NOW).mode).toBe('recommend');
});
