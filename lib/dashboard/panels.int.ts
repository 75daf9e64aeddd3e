import { afterAll, beforeAll, expect, it } from 'vitest';
import { VERDICTS } from '#lib/analyzer/index.ts';
import { analyzeRange } from '#lib/analyzer/server.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { recordDeployment } from '#lib/deployments/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { insertSeries } from '#scripts/test/insert-series.ts';
import { countRow, valueRow, windowsBefore } from '#scripts/test/window-series.ts';
import { PanelViewSchema, VerdictListSchema } from './index.ts';
import { readPanel, readVerdicts } from './server.ts';

const END = new Date('2026-11-20T05:00:00Z');
const NOW = new Date(END.getTime() + 3 * 60_000);
const WINDOWS = 60;

beforeAll(async () => {
  await testDatabase();
  await ensureRollouts(new Date(END.getTime() - 86_400_000));
  const windows = windowsBefore(END, WINDOWS);
  await insertSeries(
    windows
      // Half an hour without telemetry, then one slow window at the end.
      .filter((_, i) => i !== 40 && i !== 41)
      .flatMap((at) => {
        const where = { rolloutId: 'autosave', phase: 'A', at };
        const slow = at.getTime() === END.getTime() - 900_000;
        return [
          countRow(where, 'autosave.save.completed', {}, 100),
          valueRow(
            where,
            'autosave.save.completed',
            'duration_ms',
            Array<number>(100).fill(slow ? 4000 : 500),
          ),
          valueRow(where, 'collector.latency', 'duration_ms', [900]),
        ];
      }),
  );
  const [from = END] = windows;
  await analyzeRange({ from, to: END });
  // Two windows were never judged: the chart must not draw a line across them.
  await database().verdict.deleteMany({ where: { windowStart: windows[20] ?? END, rolloutId: 'autosave' } });
});
afterAll(disconnectDatabase);

it('draws stored readings with their limit and warning line, and gaps as gaps [DASH-1]', async () => {
  const view = PanelViewSchema.parse(await readPanel('autosave', 'autosave', { range: '24h' }, NOW));
  expect(view.to).toBe(END.toISOString());
  expect(view.channel?.name).toBe('#launch-autosave');
  const [p95] = view.series;
  expect(p95).toMatchObject({ metric: 'autosave_p95', better: 'lower', limitKind: 'max' });
  expect(p95?.points).toHaveLength(WINDOWS - 1);
  expect(p95?.points.at(-1)).toMatchObject({ limit: 2500, warnAt: 2000, verdict: 'violation', samples: 100 });
  expect(p95?.points.filter(({ value }) => value === null)).toHaveLength(2);
  const starts = p95?.points.map(({ windowStart }) => windowStart) ?? [];
  expect(starts).toEqual([...starts].sort());
});

it('shows the worst window of a long point with its own numbers, never an average [DASH-1] [DASH-2]', async () => {
  const close = await readPanel('autosave', 'autosave', { range: '24h' }, NOW);
  const far = PanelViewSchema.parse(await readPanel('autosave', 'autosave', { range: '90d' }, NOW));
  expect([close?.pointSeconds, far.pointSeconds]).toEqual([900, 10_800]);
  const [near = [], long = []] = [close?.series[0]?.points, far.series[0]?.points];
  expect(near.every(({ windows }) => windows === 1)).toBe(true);
  expect(long.reduce((sum, { windows }) => sum + windows, 0)).toBe(WINDOWS - 1);
  expect(long.at(-1)).toMatchObject({
    windowEnd: END.toISOString(),
    verdict: 'violation',
    value: near.at(-1)?.value,
    samples: 100,
  });
  // The worst of a point with windows that cannot tell is that it cannot tell.
  for (const point of long) {
    const within = near.filter(
      ({ windowStart }) => windowStart >= point.windowStart && windowStart < point.windowEnd,
    );
    const worst = within.reduce((a, b) =>
      VERDICTS.indexOf(b.verdict) > VERDICTS.indexOf(a.verdict) ? b : a,
    );
    expect(point.windows).toBe(within.length);
    expect(point.verdict).toBe(worst.verdict);
  }
});

it('looks closely at a stretch of a long range, with every window of it [DASH-1]', async () => {
  const query = {
    range: '90d' as const,
    from: '2026-11-20T01:02:00.000Z',
    to: '2026-11-20T03:00:00.000Z',
  };
  const view = await readPanel('autosave', 'autosave', query, NOW);
  expect(view).toMatchObject({ from: '2026-11-20T01:00:00.000Z', to: query.to, pointSeconds: 900 });
  // Eight windows; none is cut off, none is made up.
  expect(view?.series[0]?.points).toHaveLength(8);
});

it('shows what reached users in the range, and nothing of another rollout [DASH-1]', async () => {
  const record = (rollout: string, deployedAt: string) =>
    recordDeployment({
      key: `${rollout}-${deployedAt}`,
      rollout,
      name: 'editor',
      version: '4.2.0',
      deployedAt,
      dryRun: false,
      actor: { id: 'k', name: 'ci' },
      trigger: 'api',
      now: NOW,
    });
  await record('autosave', '2026-11-20T05:01:00.000Z');
  await record('autosave', '2026-11-20T02:00:00.000Z');
  await record('autosave-merge', '2026-11-20T04:00:00.000Z');
  const view = await readPanel('autosave', 'autosave', { range: '2h' }, NOW);
  expect(view?.deployments.map(({ deployedAt }) => deployedAt)).toEqual(['2026-11-20T05:01:00.000Z']);
});

it('shows the newest reading of each figure of the current phase [DASH-1]', async () => {
  const view = await readPanel('autosave', 'autosave', { range: '2h' }, NOW);
  expect(view?.figures.map(({ metric, latest }) => [metric, latest?.value ?? null])).toEqual([
    ['autosave_error_count', 0],
    ['save_error_rate', 0],
    ['retry_rate', 0],
    ['history_drift', 0],
    ['collector_latency', 900],
  ]);
});

it('counts attainment by phase among the windows that can tell [DASH-4]', async () => {
  const view = await readPanel('autosave', 'slo', { range: '24h' }, NOW);
  expect(view?.slo?.rollbackCount).toBe(0);
  // 60 windows, one deleted, two without telemetry, one violation.
  expect(view?.slo?.attainment).toMatchObject([
    { phase: 'A', metWindows: 56, toldWindows: 57, attainmentRatio: 56 / 57 },
    { phase: 'B', metWindows: 0, toldWindows: 0, attainmentRatio: null },
    { phase: 'C', toldWindows: 0 },
  ]);
  expect((await readPanel('autosave', 'autosave', { range: '24h' }, NOW))?.slo).toBeNull();
});

it('says what is left of the error budgets [DASH-4]', async () => {
  const budgets = (await readPanel('autosave', 'slo', { range: '24h' }, NOW))?.slo?.budgets ?? [];
  // 100 of 5800 saves were slow, all of them in the last window; 5 % may be.
  expect(budgets.find(({ metric }) => metric === 'autosave_p95')).toMatchObject({
    phase: 'A',
    basis: 'events',
    budget: { goodCount: 5700, badCount: 100, allowedBadCount: 290, state: 'observe' },
    firing: null,
  });
  expect(budgets).toHaveLength(4);
});

it('has no panel for a rollout that does not exist or does not show it', async () => {
  expect(await readPanel('nothing', 'autosave', { range: '24h' }, NOW)).toBeNull();
  expect(await readPanel('__proto__', 'autosave', { range: '24h' }, NOW)).toBeNull();
  expect(await readPanel('autosave', 'merge', { range: '24h' }, NOW)).toBeNull();
});

it('lists every latest verdict once, newest first, page by page [ANA-4]', async () => {
  const first = VerdictListSchema.parse(await readVerdicts('autosave', null));
  expect(first.verdicts).toHaveLength(50);
  expect(first.verdicts[0]).toMatchObject({ verdict: 'violation', revision: 1, rollbackRequired: true });
  if (first.nextBefore === null) throw new Error('there must be a second page');
  const second = await readVerdicts('autosave', new Date(first.nextBefore));
  expect(second?.nextBefore).toBeNull();
  const starts = [...first.verdicts, ...(second?.verdicts ?? [])].map(({ windowStart }) => windowStart);
  expect(new Set(starts).size).toBe(WINDOWS - 1);
  expect(starts).toEqual([...starts].sort().reverse());
  expect(await readVerdicts('nothing', null)).toBeNull();
});

it('ends a page between windows, so that a window with two verdicts is told whole [ANA-4]', async () => {
  const fiftieth = (await readVerdicts('autosave', null))?.verdicts.at(-1);
  if (!fiftieth) throw new Error('there must be a page');
  const { id: _, ...other } = await database().verdict.findUniqueOrThrow({ where: { id: fiftieth.id } });
  // The phase changed within that window: it was judged in both.
  const { id } = await database().verdict.create({ data: { ...other, phase: 'B', metrics: [] } });
  const seen: string[] = [];
  for (let before: Date | null = null; ; ) {
    const page = await readVerdicts('autosave', before);
    seen.push(...(page?.verdicts.map((row) => row.id) ?? []));
    if (!page?.nextBefore) break;
    before = new Date(page.nextBefore);
  }
  expect(new Set(seen).size).toBe(WINDOWS);
  expect(seen).toHaveLength(WINDOWS);
  await database().verdict.delete({ where: { id } });
});

it('shows a revision at once although it keeps what it has read [DASH-7] [COL-6]', async () => {
  const last = async () =>
    (await readPanel('autosave', 'autosave', { range: '24h' }, NOW))?.series[0]?.points.at(-1);
  expect(await last()).toMatchObject({ samples: 100, verdict: 'violation' });
  const windowStart = new Date(END.getTime() - 900_000);
  const field = 'duration_ms';
  const event = 'autosave.save.completed';
  await database().telemetryWindow.deleteMany({
    where: { rolloutId: 'autosave', windowStart, event, field },
  });
  const where = { rolloutId: 'autosave', phase: 'A', at: windowStart };
  await insertSeries([valueRow(where, event, field, Array<number>(400).fill(100))]);
  await analyzeRange({ from: windowStart, to: END });
  expect(await last()).toMatchObject({ samples: 400, verdict: 'pass' });
});

it('calls a rollback required while one is asked for, whatever the newest verdict says [DASH-2] [ROL-3]', async () => {
  const required = async () =>
    (await readPanel('autosave', 'restore', { range: '24h' }, NOW))?.rollbackRequired;
  const { policyHash } = await database().verdict.findFirstOrThrow({ where: { rolloutId: 'autosave' } });
  expect(await required()).toMatchObject({ required: false });
  const { id } = await database().rollbackRequest.create({
    data: {
      rolloutId: 'autosave',
      phase: 'A',
      rolloutVersion: 1,
      toPhase: null,
      cause: 'violation_event',
      mode: 'on_call',
      evidence: {},
      policyHash,
      openedAt: NOW,
      lastSeenAt: NOW,
    },
  });
  expect(await required()).toEqual({ required: true, to: null, asOf: NOW.toISOString() });
  await database().rollbackRequest.update({ where: { id }, data: { state: 'declined' } });
  expect(await required()).toMatchObject({ required: false });
});

it('tells of an incident whether its log and the files of its alerts agree, and who decided on the phase [DASH-2] [DASH-3]', async () => {
  const read = async () =>
    PanelViewSchema.parse(await readPanel('autosave', 'autosave', { range: '24h' }, NOW));
  const { incidents, enteredBy, noteCheck, rollbackRequired } = await read();
  expect(incidents).toEqual([]);
  expect(enteredBy).toBeNull();
  // Only the Merge panel is signed against it.
  expect(noteCheck).toBeNull();
  expect(rollbackRequired).toEqual({ required: false, to: null, asOf: END.toISOString() });
  const { id } = await database().incident.create({
    data: {
      rolloutId: 'autosave',
      phase: 'A',
      cause: 'slo_violation',
      severity: 'major',
      openedAt: new Date(END.getTime() - 60_000),
      slackUrl: 'https://example.slack.com/archives/C1/p1',
      pagerdutyState: 'acknowledged',
    },
  });
  const causeAt = new Date(END.getTime() - 30_000);
  await database().message.create({
    data: {
      dedupKey: 'test',
      kind: 'autosave-incident',
      level: 'critical',
      rolloutId: 'autosave',
      phase: 'A',
      incidentId: id,
      values: {},
      createdAt: causeAt,
    },
  });
  expect((await read()).incidents).toMatchObject([
    { id, alertCount: 1, alertFiles: [], closedAt: null, pagerDuty: { state: 'acknowledged' } },
  ]);
  await database().reportFile.create({
    data: {
      path: 'reports/alerts/x.md',
      kind: 'alert',
      content: 'x',
      sha256: 'x',
      incidentId: id,
      rolloutId: 'autosave',
      createdAt: causeAt,
      updatedAt: causeAt,
    },
  });
  expect((await read()).incidents).toMatchObject([{ alertCount: 1, alertFiles: ['reports/alerts/x.md'] }]);
});
