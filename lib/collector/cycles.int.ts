import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import {
  forgetTelemetry,
  NOW,
  saved,
  storedSeries,
  telemetryRoot,
  WINDOW_START,
} from '#scripts/test/telemetry-root.ts';
import { collectWindow, markCycle, planCycles, refresh } from './collect.run.ts';
import { monitoringPath, readMonitoringFile } from './monitoring-file.run.ts';
import { forgetSettledFiles } from './settled-files.ts';

const A = 'reports/canary/phase-a.jsonl';
const minutesLater = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000);
const eventAt = (number: number, minutesAgo: number): string => saved(number, minutesLater(-minutesAgo));

let site: Awaited<ReturnType<typeof telemetryRoot>>;

beforeAll(async () => {
  await testDatabase();
  await database().rollout.create({ data: { id: 'autosave', phase: 'A', phaseEnteredAt: NOW } });
});
afterAll(disconnectDatabase);
beforeEach(async () => {
  site = await telemetryRoot();
  await forgetTelemetry();
  forgetSettledFiles();
});
afterEach(() => site.remove());

const starts = (rows: { windowStart: Date }[]): string[] =>
  rows.map((r) => r.windowStart.toISOString().slice(11, 16));
const ownEvents = () =>
  database().telemetryWindow.findMany({
    where: { event: { startsWith: 'collector.' }, field: 'duration_ms' },
    orderBy: [{ event: 'asc' }, { dims: 'asc' }],
  });

describe('planning', () => {
  it('plans nothing before there is telemetry [COL-3]', async () => {
    expect(await planCycles(NOW)).toEqual([]);
  });

  it('begins with the oldest telemetry, and adds each window once however many ask [COL-3]', async () => {
    await writeFile(site.at(A), `${eventAt(1, 50)}\n${eventAt(2, 3)}\n`);
    const [first] = await Promise.all([planCycles(NOW), planCycles(NOW), planCycles(NOW)]);
    expect(starts(first)).toEqual(['09:15', '09:30', '09:45', '10:00']);
    const next = await planCycles(minutesLater(15));
    expect(next.at(-1)).toMatchObject({ origin: 'scheduled', state: 'due' });
    expect(starts(next)).toEqual(['09:15', '09:30', '09:45', '10:00', '10:15']);
  });
});

describe('closing a window', () => {
  async function schedule(): Promise<void> {
    await database().cycle.create({
      data: {
        windowStart: WINDOW_START,
        windowEnd: new Date('2026-11-21T10:15:00Z'),
        origin: 'scheduled',
        state: 'due',
      },
    });
  }

  it('counts, says how late it was, writes the output and marks the cycle, once [COL-3, COL-4, TEL-7]', async () => {
    await schedule();
    await writeFile(site.at(A), `${saved(1)}\n${saved(2)}\n`);
    const report = await collectWindow(WINDOW_START, NOW);
    expect(report).toMatchObject({ events: 2, missedDeadline: false, problems: [], touchedWindows: [] });
    expect(report.durationMs).toBeGreaterThanOrEqual(60_000);
    const own = await ownEvents();
    expect(own).toMatchObject([{ event: 'collector.latency', rolloutId: 'autosave', phase: 'A', count: 1n }]);
    expect(own[0]?.max).toBe(report.durationMs);
    await collectWindow(WINDOW_START.toISOString(), NOW);
    expect(await ownEvents()).toEqual(own);
    expect(await database().cycle.findUniqueOrThrow({ where: { windowStart: WINDOW_START } })).toMatchObject({
      state: 'collected',
      missedSlots: [],
    });
    const output = await readMonitoringFile(monitoringPath(site.root, WINDOW_START));
    expect(output.header.window).toEqual({
      start: '2026-11-21T10:00:00.000Z',
      end: '2026-11-21T10:15:00.000Z',
    });
    expect(output.series.filter((s) => s.event === 'autosave.save.completed')).toEqual(await storedSeries());
    expect(report.output).toBe(monitoringPath(site.root, WINDOW_START));
    expect(await readFile(report.output ?? '', 'utf8')).toMatch(/^{"schema_version":1,/);
  });

  it('makes an event of a missed deadline, once, and of a delay [COL-4, TEL-7]', async () => {
    await schedule();
    expect(await collectWindow(WINDOW_START, minutesLater(8))).toMatchObject({ missedDeadline: true });
    expect(await markCycle('analyze', WINDOW_START, minutesLater(9))).toEqual({ missedDeadline: false });
    expect(await markCycle('report', WINDOW_START, minutesLater(20))).toEqual({ missedDeadline: true });
    expect(await database().cycle.findFirstOrThrow()).toMatchObject({
      state: 'reported',
      missedSlots: ['collect', 'report'],
    });
    // Asked again after a crash, the stage has ended already.
    expect(await markCycle('report', WINDOW_START, minutesLater(21))).toEqual({ missedDeadline: false });
    const events = await ownEvents();
    expect(events.map((row) => row.event)).toEqual([
      'collector.deadline.missed',
      'collector.deadline.missed',
      'collector.delayed',
      'collector.latency',
    ]);
    const missed = events.filter((row) => row.event === 'collector.deadline.missed');
    expect(
      missed.map(({ dims, count, max }) => [JSON.parse(dims).stage, count, (max ?? 0) / 60_000]),
    ).toEqual([
      ['collect', 1n, expect.closeTo(9, 1)],
      ['report', 1n, 21],
    ]);
    // They belong to when it happened, so that the window they speak of is not judged again for them.
    expect(missed.every((row) => row.windowStart > WINDOW_START)).toBe(true);
  });

  it('refuses a window that is open or not aligned [COL-3]', async () => {
    await expect(collectWindow(minutesLater(-2), NOW)).rejects.toThrow(/whole 15 minutes/);
    await expect(collectWindow('2026-11-21T10:15:00Z', NOW)).rejects.toThrow(/still open/);
    await expect(collectWindow('yesterday', NOW)).rejects.toThrow(/whole 15 minutes/);
  });

  it('goes on when the output cannot be written, and says so [COL-3]', async () => {
    await schedule();
    await rm(site.at('reports'), { recursive: true });
    await writeFile(site.at('reports'), 'in the way');
    const report = await collectWindow(WINDOW_START, NOW);
    expect(report).toMatchObject({ output: null, problems: [{ source: 'reports/monitoring' }] });
    expect(await database().cycle.findFirstOrThrow()).toMatchObject({ state: 'collected' });
  });
});

describe('late events', () => {
  async function judge(): Promise<void> {
    await writeFile(site.at(A), `${saved(1)}\n`);
    for (const cycle of await planCycles(NOW)) {
      await collectWindow(cycle.windowStart, NOW);
      await markCycle('analyze', cycle.windowStart, NOW);
    }
    // Older than the span in which counting and judging may overlap.
    await database().$executeRaw`UPDATE telemetry_window SET updated_at = updated_at - interval '1 minute'`;
  }

  it('name the window to judge again until it is judged again, also after a restart [COL-6]', async () => {
    await judge();
    expect((await refresh(minutesLater(60))).touchedWindows).toEqual([]);
    await appendFile(site.at(A), `${saved(2)}\n`);
    const touched = [WINDOW_START.toISOString()];
    expect(await refresh(minutesLater(60))).toMatchObject({ events: 1, touchedWindows: touched });
    forgetSettledFiles();
    expect(await refresh(minutesLater(61))).toMatchObject({ events: 0, touchedWindows: touched });
    await markCycle('analyze', WINDOW_START, minutesLater(61));
    await database().$executeRaw`UPDATE cycle SET analyzed_at = analyzed_at + interval '1 minute'`;
    expect((await refresh(minutesLater(62))).touchedWindows).toEqual([]);
    expect((await database().telemetryBatch.findMany()).every((batch) => batch.lateCount === 0n)).toBe(true);
  });

  it('are counted but not judged once they are too late, and the batch says how many [COL-6]', async () => {
    await judge();
    await appendFile(site.at(A), `${saved(2)}\n${saved(3)}\n`);
    const report = await refresh(minutesLater(3 * 60));
    expect(report).toMatchObject({ events: 2, touchedWindows: [] });
    const batch = await database().telemetryBatch.findFirstOrThrow({ where: { lineCount: 2 } });
    expect(batch).toMatchObject({ eventCount: 2n, lateCount: 2n });
    expect((await storedSeries()).find((s) => s.field === '')?.count).toBe(3);
  });
});
