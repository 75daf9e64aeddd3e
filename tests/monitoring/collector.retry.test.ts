import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { judgeWindow } from '#lib/analyzer/index.ts';
import { analyzeWindow } from '#lib/analyzer/server.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { routesOf } from '#lib/outbox/index.ts';
import { nextWaitMs } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { incidentKey } from '#lib/reporter/index.ts';
import { currentDecision, decideRollout } from '#lib/rollouts/server.ts';
import { emptyTables } from '#scripts/test/database.ts';
import { climbedTo, counted, from, LOCKED, SAVED, times } from '#scripts/test/mission.ts';

// Seed 001 §7 item 4: what is tried again, what is not, and who is called at which priority.
const NOW = new Date('2026-11-24T03:04:00.000Z');
beforeAll(async () => {
  await climbedTo('A-1', new Date('2026-11-20T00:00:00.000Z'));
});
afterAll(disconnectDatabase);

describe('collection that fails [PLAN-9]', () => {
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

describe('telemetry that is lost [COL-5]', () => {
  const WINDOW_MS = 900_000;
  const start = new Date(Math.floor(NOW.getTime() / WINDOW_MS) * WINDOW_MS - WINDOW_MS);
  const lose = (failure: string, failureRetryable: boolean, failingSince: Date) =>
    database().telemetrySource.create({
      data: {
        kind: 'file',
        name: 'reports/canary/phase-a1.jsonl',
        identity: '1:1',
        lastError: 'cannot be read',
        failure,
        failureRetryable,
        failingSince,
        feeds: ['autosave-merge/A-1'],
        batches: {
          create: {
            startOffset: 0n,
            endOffset: 1n,
            firstLine: 1n,
            sha256: 'x',
            state: 'counted',
            maxTs: new Date(start.getTime() - 60_000),
          },
        },
      },
    });
  beforeEach(async () => {
    await emptyTables('telemetry_batch', 'telemetry_source', 'verdict', 'metric_reading', 'rollback_request');
  });

  it('asks on-call for a rollback when it cannot be read for good (retryable=false), and calls PagerDuty', async () => {
    await lose('EACCES', false, new Date(start.getTime() + 60_000));
    const { stored } = await analyzeWindow(start);
    expect(stored.find(({ verdict }) => verdict.rollout === 'autosave-merge')?.verdict).toMatchObject({
      verdict: 'insufficient_data',
      rollback_required: true,
      rollbackTo: 'A-0',
    });
    await decideRollout('autosave-merge', 'cycle', NOW);
    expect(await database().rollbackRequest.findFirstOrThrow()).toMatchObject({
      cause: 'source_lost',
      mode: 'on_call',
      state: 'open',
      toPhase: 'A-0',
    });
    const alert = await database().message.findFirstOrThrow({
      where: { kind: 'autosave-incident' },
      orderBy: { seq: 'desc' },
      include: { deliveries: { orderBy: { position: 'asc' } } },
    });
    expect(alert.deliveries.map(({ sink }) => sink)).toEqual(['slack', 'pagerduty', 'issue']);
  });

  it('takes its demand back when the file could be read again and the window was judged anew', async () => {
    const { id } = await lose('EACCES', false, new Date(start.getTime() + 60_000));
    await analyzeWindow(start);
    await decideRollout('autosave-merge', 'cycle', NOW);
    await database().telemetrySource.update({ where: { id }, data: { lastError: null, recoveredAt: NOW } });
    await analyzeWindow(start);
    await decideRollout('autosave-merge', 'cycle', NOW);
    expect(await database().rollbackRequest.findFirstOrThrow()).toMatchObject({ state: 'withdrawn' });
  });

  it('asks nobody yet while what failed may pass by itself (retryable=true): the Collector tries again', async () => {
    await lose('EIO', true, new Date(start.getTime() + 60_000));
    const { stored } = await analyzeWindow(start);
    expect(stored.find(({ verdict }) => verdict.rollout === 'autosave-merge')?.verdict).toMatchObject({
      rollback_required: false,
    });
    await decideRollout('autosave-merge', 'cycle', NOW);
    expect(await database().rollbackRequest.count()).toBe(0);
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
