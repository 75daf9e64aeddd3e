import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { analyzeRange } from '#lib/analyzer/server.ts';
import { refresh } from '#lib/collector/server.ts';
import { disconnectDatabase } from '#lib/database/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { saved, telemetryRoot, WINDOW_START } from '#scripts/test/telemetry-root.ts';
import { WindowEventsSchema, WindowViewSchema } from './index.ts';
import { readEventsOfWindow, readWindow } from './server.ts';

const WINDOW_END = new Date(WINDOW_START.getTime() + 900_000);
const NOW = new Date(WINDOW_END.getTime() + 60_000);
const text = (...lines: string[]): string => lines.map((line) => `${line}\n`).join('');
const error = JSON.stringify({
  ts: '2026-11-21T10:08:00Z',
  component: 'autosave',
  event: 'autosave.save.error',
  feature: 'autosave',
  phase: 'A',
  code: 'disk_full',
  retryable: false,
});

let site: Awaited<ReturnType<typeof telemetryRoot>>;
beforeAll(async () => {
  await testDatabase();
  await ensureRollouts(new Date(WINDOW_START.getTime() - 86_400_000));
  site = await telemetryRoot();
  const lines = Array.from({ length: 60 }, (_, i) => saved(i + 1, undefined, 'A'));
  await writeFile(site.at('reports/canary/phase-a.jsonl'), text(...lines, error));
  await refresh(NOW);
  await analyzeRange({ from: WINDOW_START, to: WINDOW_END });
  await writeFile(site.at('logs/autosave/late.jsonl'), text(saved(70, undefined, 'A')));
  await refresh(NOW);
  await analyzeRange({ from: WINDOW_START, to: WINDOW_END });
});
afterAll(async () => {
  await site.remove();
  await disconnectDatabase();
});

it('shows a window from its verdict with every revision down to its batches [ANA-4] [COL-6] [DASH-1]', async () => {
  const view = WindowViewSchema.parse(await readWindow('autosave', WINDOW_START));
  expect(view.verdicts.map(({ phase, revision }) => [phase, revision])).toEqual([
    ['A', 2],
    ['A', 1],
  ]);
  expect(view.counts).toContainEqual({
    phase: 'A',
    event: 'autosave.save.error',
    tagSet: '',
    dims: { code: 'disk_full', retryable: false },
    count: 1,
  });
  expect(view.batches.map(({ sourceName, lineCount }) => [sourceName, lineCount])).toEqual(
    expect.arrayContaining([
      ['reports/canary/phase-a.jsonl', 61],
      ['logs/autosave/late.jsonl', 1],
    ]),
  );
  expect(view.windowEnd).toBe(WINDOW_END.toISOString());
});

it('names of each failing event the metrics it counts against, as its rollout is judged [DASH-1]', async () => {
  const events = WindowEventsSchema.parse(await readEventsOfWindow('autosave', WINDOW_START));
  expect(events.failing).toMatchObject([{ raw: error, against: ['save_error_rate'], lineNumber: 61 }]);
  expect(events.slowest.map(({ value }) => value)).toEqual([70, 60, 59, 58, 57, 56, 55, 54, 53, 52]);
  expect(events.reads.every(({ outcome }) => outcome === 'whole')).toBe(true);
});

it('has no window of an unknown rollout, nor one that begins in the middle', async () => {
  expect(await readWindow('nothing', WINDOW_START)).toBeNull();
  expect(await readWindow('autosave', new Date(WINDOW_START.getTime() + 60_000))).toBeNull();
  expect(await readEventsOfWindow('autosave', new Date(WINDOW_START.getTime() + 60_000))).toBeNull();
  // Nothing was judged then: that is said, and is no error.
  const empty = await readWindow('autosave', new Date(WINDOW_START.getTime() - 900_000));
  expect(empty).toMatchObject({ verdicts: [], counts: [], next: WINDOW_START.toISOString() });
});
