import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { database, disconnectDatabase, inTransaction } from '#lib/database/server.ts';
import { openIncident } from '#lib/incidents/server.ts';
import { enqueueMessage } from '#lib/outbox/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { ensureRollouts, rollBack } from '#lib/rollouts/server.ts';
import { renderReport } from '#lib/templates/index.ts';
import { loadReportTemplate } from '#lib/templates/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { insertSeries } from '#scripts/test/insert-series.ts';
import { countRow, valueRow } from '#scripts/test/window-series.ts';
import { putKeptFiles, readReport, writeDailyReports } from '../server.ts';
import { loadDay } from './daily.store.ts';
import { dailyValues } from './daily-values.ts';
import { dayIn, pastDays } from './day.ts';

const NOON = new Date('2026-11-20T03:00:00Z'); // in Tokyo, on the 20th
const NEXT_MORNING = new Date('2026-11-21T00:00:00Z'); // 09:00 in Tokyo
const PATH = 'reports/daily/2026-11-20.md';
const root = mkdtempSync(join(tmpdir(), 'phasegate-daily-'));

const metric = (value: number, samples: number) => ({
  metric: 'autosave_p95',
  value,
  unit: 'ms',
  limit: 2500,
  limit_kind: 'max',
  warn_at: 2000,
  verdict: 'pass',
  met: true,
  samples,
  reason: 'within_limit',
  detail: {},
  shadow: false,
  window_seconds: 900,
});

async function judged(at: string, verdict: string, value: number, samples: number) {
  const windowStart = new Date(at);
  await database().verdict.create({
    data: {
      rolloutId: 'autosave',
      phase: 'B',
      windowStart,
      windowEnd: new Date(windowStart.getTime() + 900_000),
      revision: 1,
      verdict,
      breach: false,
      rollbackRequired: false,
      notifyLevel: 'none',
      retryableFailures: 0n,
      policyHash: 'p',
      inputHash: randomUUID(),
      metrics: [metric(value, samples)],
    },
  });
}

beforeAll(async () => {
  await testDatabase();
  process.env.TELEMETRY_ROOTS = root;
  forgetEnv();
  await ensureRollouts(new Date('2026-11-10T00:00:00Z'), {
    autosave: (['A', 'B'] as const).map((phase, day) => ({
      phase,
      kind: day === 0 ? ('start' as const) : ('promotion' as const),
      at: new Date(Date.UTC(2026, 10, 10 + day)),
      reason: 'test',
    })),
  });
  await judged('2026-11-19T14:45:00Z', 'violation', 9000, 7); // 23:45 of the 19th in Tokyo
  await judged('2026-11-19T15:00:00Z', 'pass', 800, 1000); // the first of the 20th
  await judged('2026-11-20T03:00:00Z', 'warn', 2200, 500);
  await judged('2026-11-20T14:45:00Z', 'pass', 900, 1500); // the last of the 20th
  await judged('2026-11-20T15:00:00Z', 'violation', 9000, 7); // of the 21st
  const where = { rolloutId: 'autosave', phase: 'B', at: NOON };
  await insertSeries([
    countRow(where, 'autosave.save.completed', {}, 1234, 'observed_only'),
    valueRow(where, 'autosave.save.completed', 'duration_ms', [500, 600]),
    countRow(where, 'autosave.save.completed', {}, 99),
  ]);
  const { policy } = await loadPolicy();
  await inTransaction(async (tx) => {
    const incident = await openIncident(tx, {
      rolloutId: 'autosave',
      phase: 'B',
      cause: 'slo_violation',
      severity: 'major',
      details: {},
      actor: { id: 'system', name: 'Phasegate' },
      at: NOON,
    });
    await enqueueMessage(tx, policy, {
      dedupKey: 'x',
      cause: { kind: 'autosave-incident', incidentId: incident.id, requestId: null },
      rolloutId: 'autosave',
      phase: 'B',
      incidentId: incident.id,
      at: NOON,
    });
  });
  await rollBack({
    rolloutId: 'autosave',
    fromPhase: 'B',
    reason: 'slow | <b>saves</b> for @team',
    trigger: 'button',
    actor: { id: 'user:1', name: 'On-call' },
    now: new Date('2026-11-20T03:10:00Z'),
  });
});
afterAll(disconnectDatabase);

describe('the daily report', () => {
  it('sums up one day of Japan, keeps it as row and file, and changes nothing when made again [REP-6]', async () => {
    const first = await writeDailyReports(NEXT_MORNING);
    expect(first.failures).toEqual([]);
    expect(first.kept).toEqual(['reports/daily/2026-11-19.md', PATH]);
    expect(await writeDailyReports(NEXT_MORNING)).toEqual({ kept: [], written: [], failures: [] });
    const content = await readReport(PATH);
    expect(readFileSync(join(root, PATH), 'utf8')).toBe(content);
    expect(content).toContain('# 日次レポート 2026-11-20（Asia/Tokyo）');
    expect(content).toContain('判定: 適合 2 / 警告 1 / 違反 0 / データ不足 0');
    // The middle and the worst of three windows; 3,000 samples in all.
    expect(content).toMatch(/\| [^|]*P95[^|]* \| 900[^|]* \| 2,?200[^|]* \| ≤ 2,?500[^|]* \| 3 \| 3,000 \|/);
    expect(content).toContain('B → A / On-call (button) / slow | &lt;b>saves&lt;/b> for @\u200bteam');
    expect(content).toMatch(/- incident-autosave: 送信待ち [1-9]/);
    expect(content).toContain('`observed_only` 1,234 件');
    expect(content).toContain('インシデント Incident-001');
    expect(content).toContain('事後レビューの署名 0/2');
    expect(content).not.toContain('9,000');
  });

  it('reads well in English, too [REP-6]', async () => {
    const { policy } = await loadPolicy();
    const facts = await inTransaction((tx) => loadDay(tx, dayIn(policy.timezone, '2026-11-20')));
    const values = dailyValues({
      ...facts,
      policy,
      locale: 'en',
      day: '2026-11-20',
      appUrl: 'http://localhost',
    });
    const text = renderReport(await loadReportTemplate('daily'), 'en', values);
    expect(text).toContain('Verdicts: pass 2 / warn 1 / violation 0 / insufficient data 0');
    expect(text).toContain('`observed_only` 1,234 events');
    expect(text).not.toMatch(/[\u3040-\u30ff]/);
  });

  it('follows what is known of yesterday, and leaves older days as they were told [REP-6]', async () => {
    await judged('2026-11-20T04:00:00Z', 'violation', 3000, 10);
    await judged('2026-11-19T10:00:00Z', 'violation', 3000, 10);
    expect((await writeDailyReports(NEXT_MORNING)).kept).toEqual([PATH]);
    expect(await readReport(PATH)).toContain('違反 1');
  });

  it('is written as a file by a later minute where the disk was full that morning [REP-5] [REP-6]', async () => {
    const blocked = join(root, 'reports/daily');
    await rm(blocked, { recursive: true });
    await writeFile(blocked, 'no folder');
    expect((await writeDailyReports(NEXT_MORNING)).failures).toHaveLength(1);
    await rm(blocked);
    // Two mornings later it is nobody's yesterday any more.
    expect((await putKeptFiles(new Date(NEXT_MORNING.getTime() + 2 * 86_400_000))).written).toEqual([
      'reports/daily/2026-11-19.md',
      PATH,
    ]);
    expect(readFileSync(join(root, PATH), 'utf8')).toBe(await readReport(PATH));
    expect(await putKeptFiles(NEXT_MORNING)).toEqual({ written: [], failures: [] });
  });

  it('writes a file again that is gone, and makes up for mornings that were missed [REP-6]', async () => {
    await database().reportFile.deleteMany();
    const later = new Date('2026-11-24T00:00:00Z');
    const { kept } = await writeDailyReports(later);
    expect(kept).toEqual(['reports/daily/2026-11-19.md', PATH, 'reports/daily/2026-11-21.md']);
    expect(existsSync(join(root, 'reports/daily/2026-11-21.md'))).toBe(true);
  });
});

describe('a day', () => {
  it('is that of the policy’s zone, and as long as it is there [REP-6]', () => {
    expect(dayIn('Asia/Tokyo', '2026-11-20')).toEqual({
      day: '2026-11-20',
      from: new Date('2026-11-19T15:00:00Z'),
      to: new Date('2026-11-20T15:00:00Z'),
    });
    const { from, to } = dayIn('America/New_York', '2026-11-01');
    expect((to.getTime() - from.getTime()) / 3_600_000).toBe(25);
  });

  it.each([
    ['2026-11-21T00:00:00Z', '2026-11-20'],
    ['2026-11-20T14:59:59Z', '2026-11-19'],
    ['2026-11-20T15:00:00Z', '2026-11-20'],
  ])('at %s yesterday was %s', (now, yesterday) => {
    const days = pastDays('Asia/Tokyo', new Date(now));
    expect(days.at(-1)?.day).toBe(yesterday);
    expect(days).toHaveLength(7);
  });
});
