import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import type { WindowSeries } from '#lib/telemetry/index.ts';
import { emptyTables, testDatabase } from '#scripts/test/database.ts';
import { insertSeries } from '#scripts/test/insert-series.ts';
import { countRow } from '#scripts/test/window-series.ts';
import { closeFlagSource, readBackFlag } from '../flags/flag-source.run.ts';
import { declineRollback } from '../rollback/decline-rollback.run.ts';
import { rollBack } from '../rollback/rollback.run.ts';
import { findRollout } from '../rollout.store.ts';
import { ensureRollouts } from '../start.run.ts';
import { fastLaneWanted, runFastLane } from './fast-lane.run.ts';

const NOW = new Date('2026-11-20T05:07:00.000Z');
const OPEN = new Date('2026-11-20T05:00:00.000Z');
const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
const DAY_MS = 86_400_000;
const step = (phase: string, kind: 'start' | 'promotion', daysAgo: number) => ({
  phase,
  kind,
  at: new Date(NOW.getTime() - daysAgo * DAY_MS),
  reason: 'a test',
});
let governance = '';

beforeAll(async () => {
  await testDatabase();
  governance = await mkdtemp(join(tmpdir(), 'phasegate-governance-'));
  await cp('governance', governance, { recursive: true });
  const policy = await readFile('governance/policy.yaml', 'utf8');
  await writeFile(join(governance, 'policy.yaml'), policy.replaceAll('mode: on_call', 'mode: automatic'));
});
beforeEach(async () => {
  await emptyTables(
    'telemetry_window',
    'verdict',
    'rollback_request',
    'rollout_decision',
    'incident',
    'message',
    'stop_order',
    'rollout',
  );
  await ensureRollouts(NOW, {
    autosave: [step('A', 'start', 9), step('B', 'promotion', 5), step('C', 'promotion', 1)],
    'autosave-merge': [step('A-0', 'start', 9)],
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  forgetEnv();
});
afterAll(async () => {
  closeFlagSource();
  await rm(governance, { recursive: true, force: true });
  await disconnectDatabase();
});

const where = (phase = 'C', at = OPEN) => ({ rolloutId: 'autosave', phase, at });
/** 0.3 % of saves may fail in C: six of a hundred prove a breach, five do not. */
const saves = (errors: number, place = where()) => [
  countRow(place, 'autosave.save.completed', { retried: false }, 100 - errors),
  countRow(place, 'autosave.save.error', { code: 'x' }, errors),
];
const violation = (place = where(), tagSet = '') =>
  countRow(place, 'autosave.slo.violation', { metric: 'save_error_rate' }, 1, tagSet);

async function arrive(series: readonly WindowSeries[], at = NOW): Promise<void> {
  await insertSeries(series);
  await database().$executeRaw`UPDATE telemetry_window SET updated_at = ${at} `;
}
const look = (now = NOW) => runFastLane({ since: new Date(now.getTime() - 1000), now });
const demanded = async (now = NOW) =>
  (await look(now)).demands.map(({ cause, outcome }) => `${cause} ${outcome}`);
const requests = () => database().rollbackRequest.findMany({ orderBy: { openedAt: 'asc' } });
const decisions = () => database().rolloutDecision.findMany();

const told = async () =>
  (await database().message.findMany({ orderBy: { seq: 'asc' } })).map(({ kind, incidentId }) => [
    kind,
    incidentId,
  ]);

function actByItself(): void {
  vi.stubEnv('GOVERNANCE_DIR', governance);
  forgetEnv();
}

describe('a breach that the open window has proven', () => {
  it('asks for a decision before the window closes, on record and with its numbers [TEL-8, ROL-3]', async () => {
    await arrive(saves(6));
    expect(await demanded()).toEqual(['fast_lane opened']);
    expect(await requests()).toMatchObject([
      {
        rolloutId: 'autosave',
        phase: 'C',
        toPhase: 'B',
        cause: 'fast_lane',
        mode: 'on_call',
        state: 'open',
        windowStart: OPEN,
        verdictId: null,
        dueAt: later(15),
        evidence: {
          metrics: ['save_error_rate'],
          confidence: 0.999,
          breaches: [{ metric: 'save_error_rate', value: 0.06, limit: 0.003, samples: 100 }],
        },
      },
    ]);
    expect(await decisions()).toMatchObject([
      { source: 'fast_lane', decision: 'roll_back', windowStart: OPEN, phase: 'C' },
    ]);
    expect(await database().incident.findMany()).toMatchObject([
      { rolloutId: 'autosave', cause: 'slo_violation', severity: 'major' },
    ]);
    // It is not the window's verdict: that is made when the window has closed.
    expect(await database().verdict.count()).toBe(0);
    expect((await findRollout('autosave'))?.phase).toBe('C');
  });

  it('is proven by six failed saves of a hundred and not by five', async () => {
    await arrive(saves(5));
    expect(await look()).toMatchObject({ looked: ['autosave'], demands: [] });
    expect(await requests()).toEqual([]);
  });

  it('joins the request that is open, however often and from wherever it is asked [ROL-7]', async () => {
    await arrive(saves(50));
    const all = await Promise.all([demanded(), demanded(), demanded(), demanded()]);
    expect(all.flat().sort()).toEqual([
      'fast_lane joined',
      'fast_lane joined',
      'fast_lane joined',
      'fast_lane opened',
    ]);
    expect(await demanded(later(1))).toEqual(['fast_lane joined']);
    expect([(await requests()).length, (await decisions()).length]).toEqual([1, 1]);
  });

  it('says nothing again in the window in which somebody said not now, and does in the next', async () => {
    await arrive(saves(50));
    await look();
    await declineRollback({
      rolloutId: 'autosave',
      reason: 'a known fault of one client',
      actor: { id: 'user:1', name: 'On-call' },
      now: NOW,
      trigger: 'button',
    });
    expect(await demanded(later(2))).toEqual([]);
    const next = new Date(OPEN.getTime() + 900_000);
    await arrive(saves(50, where('C', next)), later(9));
    expect(await demanded(later(9))).toEqual(['fast_lane opened']);
  });

  it('wants a run only as long as nobody was asked, so that a healthy feature costs none', async () => {
    const wanted = (now = NOW) => fastLaneWanted({ since: new Date(now.getTime() - 1000), now });
    await arrive(saves(5));
    expect(await wanted()).toBe(false);
    await emptyTables('telemetry_window');
    await arrive(saves(6));
    expect(await wanted()).toBe(true);
    await look();
    expect(await wanted()).toBe(false);
  });

  it('is not looked for where nothing has arrived', async () => {
    await arrive(saves(50), later(-30));
    expect(await look()).toEqual({ looked: [], demands: [] });
  });

  it('of another phase or an earlier stay does not count [PHA-4]', async () => {
    await arrive([...saves(50, where('B')), ...saves(50, where('C', new Date(NOW.getTime() - 2 * DAY_MS)))]);
    expect(await demanded()).toEqual([]);
  });

  it('steps back at once where policy says so, and every client is told to stop writing [ROL-3, ROL-4]', async () => {
    actByItself();
    await arrive(saves(6));
    expect(await demanded()).toEqual(['fast_lane executed']);
    expect(await findRollout('autosave')).toMatchObject({ phase: 'B', state: 'rolling_back' });
    const read = await readBackFlag('autosave.lock', { targetingKey: 'u' });
    expect(read?.evaluation).toMatchObject({ value: 'readonly', rolloutId: 'autosave' });
    expect(await requests()).toMatchObject([{ state: 'executed', mode: 'automatic' }]);
    const incident = await database().incident.findFirstOrThrow();
    // The alert first, then its runbook, all in the incident's thread (REP-7).
    expect(await told()).toEqual([
      ['autosave-incident', incident.id],
      ['rollback', incident.id],
      ['autosave-rollback', incident.id],
    ]);
    // What is left of that window was counted for the phase that was left.
    expect(await demanded(later(1))).toEqual([]);
  });

  it('executes nothing behind a pressed kill switch; the request waits', async () => {
    actByItself();
    await database().stopOrder.create({
      data: {
        kind: 'kill',
        scope: '*',
        reason: 'a test',
        trigger: 'button',
        personId: 'user:1',
        personName: 'On-call',
        orderedAt: NOW,
      },
    });
    await arrive(saves(6));
    expect(await demanded()).toEqual(['fast_lane opened']);
    expect((await findRollout('autosave'))?.phase).toBe('C');
    expect(await decisions()).toMatchObject([{ decision: 'halt' }]);
  });

  it('is not acted on while a step is being made', async () => {
    await arrive(saves(50, where('B')));
    const rollout = await findRollout('autosave');
    await rollBack({
      rolloutId: 'autosave',
      fromPhase: 'C',
      expectedVersion: rollout?.version ?? 0,
      reason: 'a test',
      trigger: 'button',
      actor: { id: 'user:1', name: 'On-call' },
      now: OPEN,
    });
    expect(await demanded()).toEqual([]);
  });
});

describe('an event that is itself a violation', () => {
  it('asks for a decision at once and names the metric it was sent for [TEL-8]', async () => {
    await arrive([violation()]);
    expect(await demanded()).toEqual(['violation_event opened']);
    expect(await requests()).toMatchObject([
      {
        cause: 'violation_event',
        evidence: { metrics: ['save_error_rate'], events: [{ event: 'autosave.slo.violation', count: 1 }] },
      },
    ]);
  });

  it.each(['dry_run', 'observed_only', 'environment=staging'])(
    'starts nothing when it is tagged %s [TEL-11]',
    async (tagSet) => {
      await arrive([violation(where(), tagSet)]);
      expect(await demanded()).toEqual([]);
    },
  );

  it('counts when it comes late, but not from before the phase, nor of another one', async () => {
    const before = new Date(OPEN.getTime() - 3_600_000);
    await arrive([violation(where('C', before)), ...saves(0)]);
    expect(await demanded()).toEqual(['violation_event opened']);
    await emptyTables('rollback_request');
    await database()
      .$executeRaw`UPDATE rollout SET phase_entered_at = ${new Date(OPEN.getTime() - 1_800_000)} WHERE id = 'autosave'`;
    expect(await demanded()).toEqual([]);
    await emptyTables('telemetry_window');
    await arrive([violation(where('B'))]);
    expect(await demanded()).toEqual([]);
  });

  it('counts when the clock of its sender is a little ahead', async () => {
    await arrive([violation(where('C', new Date(OPEN.getTime() + 900_000)))]);
    expect(await demanded()).toEqual(['violation_event opened']);
  });

  it('calls a person where nothing is behind [ROL-1]', async () => {
    await arrive([
      countRow({ rolloutId: 'autosave-merge', phase: 'A-0', at: OPEN }, 'merge.slo.violation', {}, 1),
    ]);
    expect(await demanded()).toEqual(['violation_event opened']);
    expect(await requests()).toMatchObject([{ rolloutId: 'autosave-merge', toPhase: null, dueAt: null }]);
  });
});
