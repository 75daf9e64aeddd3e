import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '#lib/policy/index.ts';
import type { MessageFacts } from './message-facts.ts';
import { valuesOf } from './values-of.ts';

const { policy } = parsePolicy({
  policy: { file: 'policy.yaml', text: readFileSync('governance/policy.yaml', 'utf8') },
  events: { file: 'events.yaml', text: readFileSync('governance/events.yaml', 'utf8') },
});

const rolledBack: MessageFacts = {
  policy,
  locale: 'en',
  appUrl: 'http://phasegate.test',
  rolloutId: 'autosave',
  phase: 'B',
  createdAt: new Date('2026-11-20T05:00:00Z'),
  verdict: null,
  change: {
    id: '01937b1e-0000-7000-8000-000000000000',
    rolloutId: 'autosave',
    kind: 'rollback',
    fromPhase: 'B',
    toPhase: 'A',
    trigger: 'button',
    reason: 'saves are slow',
    actorName: 'On-call',
    flagsBefore: { 'autosave.enabled': { value: true, audience: 'exposure', exposureRatio: 0.3 } },
    flagsAfter: { 'autosave.enabled': { value: true, audience: 'exposure', exposureRatio: 0.05 } },
    rolloutVersion: 4,
    breakGlass: false,
    proof: 'pending',
    provenAt: null,
    // A Friday afternoon in Japan; the Monday after is a holiday.
    createdAt: '2026-11-20T05:00:00.000Z',
  },
  approvers: [],
  served: null,
  incident: null,
  request: null,
  stop: null,
  decision: null,
  nextCanaryAt: null,
  watchUntil: null,
  step: null,
  stepDueAt: null,
  rca: null,
  delay: null,
};

describe('the message of a rollback', () => {
  it('says when, by whom, why, the flags, how to restart and the next canary at the earliest [ROL-4]', () => {
    expect(valuesOf('rollback', rolledBack)).toMatchObject({
      at: '20/11/2026, 14:00:00 JST',
      initiator: 'On-call',
      reason: 'saves are slow',
      from_phase: 'B',
      to_phase: 'A',
      flags_before: 'autosave.enabled=true (30 %)',
      flags_after: 'autosave.enabled=true (5 %)',
      restart_conditions: '2 windows running that met the SLO at the end of the watch',
      next_canary: '24/11/2026, 10:00:00 JST at the earliest',
    });
  });

  it('says the canary date itself once it is set [ROL-5]', () => {
    const nextCanaryAt = new Date('2026-11-25T01:00:00Z');
    expect(valuesOf('rollback', { ...rolledBack, nextCanaryAt }).next_canary).toBe(
      '25/11/2026, 10:00:00 JST',
    );
  });

  it('leaves no field empty, whatever does not apply [REP-4]', () => {
    for (const value of Object.values(valuesOf('autosave-incident', { ...rolledBack, change: null })))
      expect(value).not.toBe('');
  });
});
