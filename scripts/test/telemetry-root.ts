import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { vi } from 'vitest';
import { countLines, loadWindowSeries } from '#lib/collector/server.ts';
import { forgetEnv } from '#lib/config/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import type { WindowSeries } from '#lib/telemetry/index.ts';
import { emptyTables } from './database.ts';

/** A quiet minute inside one window; `now` of the tests is a little later. */
export const EVENT_TIME = new Date('2026-11-21T10:07:00.000Z');
export const NOW = new Date('2026-11-21T10:16:00.000Z');
export const WINDOW_START = new Date('2026-11-21T10:00:00.000Z');

/** A valid event whose duration is its number, so that sums and buckets tell which lines were counted. */
export const saved = (number: number, at: Date = EVENT_TIME, phase = 'A-1'): string =>
  JSON.stringify({
    ts: at.toISOString(),
    component: 'autosave',
    event: 'autosave.save.completed',
    feature: 'autosave',
    phase,
    duration_ms: number,
    lease_id: `lease-${number}`,
  });

/** An empty telemetry root of the calling test; TELEMETRY_ROOTS points at it. */
export async function telemetryRoot(): Promise<{
  root: string;
  at: (name: string) => string;
  remove: () => Promise<void>;
}> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'phasegate-root-')));
  vi.stubEnv('TELEMETRY_ROOTS', root);
  forgetEnv();
  await mkdir(join(root, 'reports/canary'), { recursive: true });
  await mkdir(dirname(join(root, 'logs/autosave/x')), { recursive: true });
  return { root, at: (name) => join(root, name), remove: () => rm(root, { recursive: true, force: true }) };
}

/** What counting exactly these lines once must leave in the window table. */
export async function expectedSeries(lines: readonly string[], now = NOW): Promise<WindowSeries[]> {
  const { policy, catalogue } = await loadPolicy();
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  const counted = countLines(bytes, { byteOffset: 0, lineNumber: 1 }, { policy, catalogue, now });
  return sorted(counted.series);
}

/** What the window table holds, apart from what Phasegate says of itself. */
export async function storedSeries(): Promise<WindowSeries[]> {
  const all = await loadWindowSeries(new Date(0), new Date('9999-01-01T00:00:00Z'));
  return sorted(all.filter((series) => !series.event.startsWith('collector.')));
}

const sorted = (series: readonly WindowSeries[]): WindowSeries[] =>
  series.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** Empties everything the Collector writes; audit rows stay, they cannot be removed. */
export async function forgetTelemetry(): Promise<void> {
  await emptyTables(
    'telemetry_batch_payload',
    'telemetry_batch',
    'telemetry_source',
    'telemetry_quarantine',
    'telemetry_window',
    'cycle',
  );
}
