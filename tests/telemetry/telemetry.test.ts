import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyzeWindow } from '#lib/analyzer/server.ts';
import { collectWindow, readMonitoringFile } from '#lib/collector/server.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { routesOf } from '#lib/outbox/index.ts';
import { findPhase } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { reportWindow } from '#lib/reporter/server.ts';
import { decideRollout } from '#lib/rollouts/server.ts';
import { climbedTo, from, LOCKED, MERGED, ndjson, RESTORED, SAVED, times } from '#scripts/test/mission.ts';
import { telemetryRoot } from '#scripts/test/telemetry-root.ts';

// The five of seed 000 §2, in its order, from lines in a file to what people are told; tests/telemetry/TEST_PLAN.md.
const START = new Date('2026-11-24T02:45:00.000Z');
const NOW = new Date('2026-11-24T03:04:00.000Z');
let files: Awaited<ReturnType<typeof telemetryRoot>>;
let output: string | null;
let metrics: { metric: string; value: number | null; limit: number | null }[];

beforeAll(async () => {
  await climbedTo('A-2', new Date('2026-11-24T00:00:00.000Z'));
  files = await telemetryRoot();
  const source = files.at('reports/canary/phase-a2.jsonl');
  await mkdir(dirname(source), { recursive: true });
  const here = { phase: 'A-2' };
  const events = [
    ...times(96, { ...SAVED, ...here }),
    ...times(4, { ...SAVED, ...here, duration_ms: 2400, retry_count: 1 }),
    ...times(190, RESTORED),
    ...times(10, { ...RESTORED, success: false }),
    ...times(4, { ...MERGED, ...here }),
    { ...MERGED, ...here, auto_accepted: false },
    ...times(3, { ...LOCKED, ...here }),
    { ...LOCKED, ...here, retryable: false },
  ];
  await writeFile(source, ndjson(from(START.toISOString(), events)));
  ({ output } = await collectWindow(START, NOW));
  const { stored } = await analyzeWindow(START);
  metrics = stored.find(({ verdict }) => verdict.rollout === 'autosave-merge')?.verdict.metrics ?? [];
});
afterAll(async () => {
  await disconnectDatabase();
  await files.remove();
});

const value = (name: string) => metrics.find(({ metric }) => metric === name)?.value;

describe('telemetry, from line to message', () => {
  it('1: keeps saves of the feature autosave in the JSONL of the Collector and takes their P95 [PLAN-1] [TEL-1] [COL-3] [ANA-3]', async () => {
    const { series } = await readMonitoringFile(output ?? '');
    const saves = series.filter(({ event }) => event === 'autosave.save.completed');
    expect(saves.find(({ field, rolloutId }) => field === '' && rolloutId === 'autosave-merge')?.phase).toBe(
      'A-2',
    );
    expect(Math.abs((value('autosave_p95') ?? 0) / 1875 - 1)).toBeLessThan(0.011);
    expect(await readFile(files.at('reports/canary/phase-a2.jsonl'), 'utf8')).toContain(
      '"feature":"autosave"',
    );
  });

  it('2: takes the restore success rate of all restores and holds it against 99.5 % [PLAN-2] [TEL-3] [ANA-1]', () => {
    expect(value('restore_success_rate')).toBe(0.95);
  });

  it('3: takes the same auto-merge rate in the Analyzer and in what the Reporter writes [PLAN-3] [TEL-4] [REP-5]', async () => {
    expect(value('merge_auto_success_rate')).toBe(0.8);
    const { dashboard } = await reportWindow(NOW);
    expect(JSON.stringify(dashboard)).toContain('autosave-merge');
    const stored = await database().verdict.findFirstOrThrow({
      where: { rolloutId: 'autosave-merge', isLatest: true },
    });
    expect(stored.metrics).toContainEqual(
      expect.objectContaining({ metric: 'merge_auto_success_rate', value: 0.8 }),
    );
  });

  it('4: tells retryable locks apart and takes the rate of retries [PLAN-4] [TEL-5]', async () => {
    const stored = await database().verdict.findFirstOrThrow({
      where: { rolloutId: 'autosave-merge', isLatest: true },
    });
    expect(stored.retryableFailures).toBe(3n);
    expect(value('retry_rate')).toBeGreaterThan(0);
  });

  it('5: alerts by the limits of governance/policy.yaml, with the channels on record [PLAN-5] [REP-1] [ANA-4]', async () => {
    const { policy } = await loadPolicy();
    for (const { metric, limit } of findPhase(policy, 'autosave-merge', 'A-2')?.objectives ?? [])
      expect([metric, metrics.find((each) => each.metric === metric)?.limit]).toEqual([metric, limit.value]);
    await decideRollout('autosave-merge', 'cycle', NOW);
    const alert = await database().message.findFirstOrThrow({
      where: { kind: 'autosave-incident' },
      include: { deliveries: { orderBy: { position: 'asc' } } },
    });
    const routes = routesOf(policy, { kind: 'autosave-incident', rolloutId: 'autosave-merge', phase: 'A-2' });
    expect(alert.deliveries.map(({ channel }) => channel)).toEqual(routes.map(({ channel }) => channel));
  });
});
