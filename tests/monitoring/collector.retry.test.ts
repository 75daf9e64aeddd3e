import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeWindow } from '#lib/analyzer/index.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { routesOf } from '#lib/outbox/index.ts';
import { nextWaitMs } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { incidentKey } from '#lib/reporter/index.ts';
import { currentDecision } from '#lib/rollouts/server.ts';
import { climbedTo, counted, from, LOCKED, SAVED, times } from '#scripts/test/mission.ts';

// Seed 001 §7 item 4: what is tried again, what is not, and who is called at which priority.
const NOW = new Date('2026-11-24T03:04:00.000Z');
beforeAll(async () => {
  await climbedTo('A-1', new Date('2026-11-20T00:00:00.000Z'));
}, 60_000);
afterAll(disconnectDatabase);

describe('collection that fails', () => {
  it('is tried again after 0.5, 1, 2, 4 and 8 s and then no more [COL-5]', async () => {
    const { retries } = await loadPolicy();
    const plan = retries.plans.collection;
    const waits = [1, 2, 3, 4, 5, 6].map((attempt) => plan && nextWaitMs(plan, attempt));
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, null]);
  });

  it('counts what may be tried again apart from what may not [COL-5] [TEL-5]', async () => {
    const { policy, catalogue, hash } = await loadPolicy();
    const at = '2026-11-24T02:45:00Z';
    const events = [...times(97, SAVED), ...times(2, LOCKED), { ...LOCKED, retryable: false }];
    const { series } = await counted(from(at, events), NOW);
    const verdict = judgeWindow({
      policy,
      catalogue,
      policyHash: hash,
      series,
      rolloutId: 'autosave-merge',
      phase: 'A-1',
      windowEnd: new Date('2026-11-24T03:00:00Z'),
    });
    expect(verdict.retryable_failures).toBe(2);
  });

  it('holds every promotion while a source cannot be read: what cannot be seen never passes [COL-5] [PHA-4]', async () => {
    const windowStart = new Date('2026-11-24T02:45:00Z');
    await database().cycle.create({
      data: {
        windowStart,
        windowEnd: new Date(windowStart.getTime() + 900_000),
        origin: 'scheduled',
        state: 'collected',
        collectedAt: NOW,
      },
    });
    await database().telemetrySource.create({
      data: { kind: 'file', name: 'phase-a.jsonl', identity: 'x', lastError: 'EIO: i/o error, read' },
    });
    const decision = await currentDecision('autosave-merge', NOW);
    expect(decision?.decision).toBe('hold');
    expect(decision?.gates.find(({ kind }) => kind === 'fresh_data')).toMatchObject({
      state: 'unknown',
      reason: 'sources_unread',
    });
  });
});

describe('the PagerDuty incident', () => {
  it.each([
    ['A-1', 'Autosave & Precision Merge', 'P2'],
    ['A-2', 'Autosave & Precision Merge', 'P2'],
    ['B-0', 'Merge Duty', 'P2'],
    ['B-1', 'Autosave & Precision Merge', 'P1'],
  ])('of %s calls %s at %s, after Slack [REP-1] [REP-3]', async (phase, service, severity) => {
    const { policy } = await loadPolicy();
    const routes = routesOf(policy, { kind: 'autosave-incident', rolloutId: 'autosave-merge', phase });
    expect(routes.map(({ sink }) => sink)).toEqual(['slack', 'pagerduty', 'issue']);
    expect(policy.channels[routes[1]?.channel ?? '']).toMatchObject({ service, severity });
  });

  it('is known to people by one key [REP-1]', () => {
    expect(incidentKey(1)).toBe('Incident-001');
  });
});
