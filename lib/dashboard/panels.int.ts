import { afterAll, beforeAll, expect, it } from 'vitest';
import { analyzeRange } from '#lib/analyzer/server.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
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
  const view = PanelViewSchema.parse(await readPanel('autosave', 'autosave', '24h', NOW));
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

it('shows the newest reading of each figure of the current phase [DASH-1]', async () => {
  const view = await readPanel('autosave', 'autosave', '2h', NOW);
  expect(view?.figures.map(({ metric, latest }) => [metric, latest?.value ?? null])).toEqual([
    ['autosave_error_count', 0],
    ['save_error_rate', 0],
    ['retry_rate', 0],
    ['history_drift', 0],
    ['collector_latency', 900],
  ]);
});

it('counts attainment by phase among the windows that can tell [DASH-4]', async () => {
  const view = await readPanel('autosave', 'slo', '24h', NOW);
  expect(view?.slo?.rollbackCount).toBe(0);
  // 60 windows, one deleted, two without telemetry, one violation.
  expect(view?.slo?.attainment).toMatchObject([
    { phase: 'A', metWindows: 56, toldWindows: 57, attainmentRatio: 56 / 57 },
    { phase: 'B', metWindows: 0, toldWindows: 0, attainmentRatio: null },
    { phase: 'C', toldWindows: 0 },
  ]);
  expect((await readPanel('autosave', 'autosave', '24h', NOW))?.slo).toBeNull();
});

it('has no panel for a rollout that does not exist or does not show it', async () => {
  expect(await readPanel('nothing', 'autosave', '24h', NOW)).toBeNull();
  expect(await readPanel('__proto__', 'autosave', '24h', NOW)).toBeNull();
  expect(await readPanel('autosave', 'merge', '24h', NOW)).toBeNull();
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
