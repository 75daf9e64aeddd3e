import { spawn } from 'node:child_process';
import { countLines } from '#lib/collector/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import { testDatabase } from './database.ts';

export type Fields = Record<string, unknown>;

/** The events of the mission's own documents. */
export const SAVED = {
  component: 'autosave',
  event: 'autosave.save.completed',
  feature: 'autosave',
  duration_ms: 1875,
  bytes: 24_576,
  lease_id: 'uuid',
  retry_count: 0,
  retryable: true,
  phase: 'A-1',
};
export const RESTORED = {
  component: 'autosave',
  event: 'autosave.restore.result',
  feature: 'autosave',
  source: 'history',
  success: true,
  duration_ms: 4200,
  phase: 'A-2',
};
export const MERGED = {
  component: 'merge',
  event: 'merge.diff.apply',
  feature: 'merge',
  precision: 'beta',
  auto_accepted: true,
  hunk_count: 12,
  auto_accept_ratio: 0.83,
  phase: 'B-0',
};
export const LOCKED = {
  component: 'autosave',
  event: 'autosave.lock.error',
  feature: 'autosave',
  code: 'lock-unavailable',
  retryable: true,
  attempt: 2,
  max_attempts: 3,
  lease_id: 'uuid',
  phase: 'A-1',
};

export const times = (count: number, fields: Fields): Fields[] => Array.from({ length: count }, () => fields);

/** Events at these times as NDJSON. */
export const ndjson = (events: readonly (Fields & { ts: string })[]): string =>
  `${events.map((event) => JSON.stringify(event)).join('\n')}\n`;

/** Events, one millisecond apart from `from`. */
export const from = (start: string, events: readonly Fields[]): (Fields & { ts: string })[] =>
  events.map((event, i) => ({ ...event, ts: new Date(Date.parse(start) + i).toISOString() }));

/** Counted as the Collector counts. */
export async function counted(events: readonly (Fields & { ts: string })[], now: Date) {
  const { policy, catalogue } = await loadPolicy();
  return countLines(
    Buffer.from(ndjson(events)),
    { byteOffset: 0, lineNumber: 1 },
    { policy, catalogue, now },
  );
}

/** A database of its own in which `autosave-merge` has climbed to `phase`. */
export async function climbedTo(phase: 'A-1' | 'A-2' | 'B-0' | 'B-1', now: Date): Promise<{ url: string }> {
  const made = await testDatabase();
  const order = ['A-0', 'A-1', 'A-2', 'B-0', 'B-1'] as const;
  const steps = order.slice(0, order.indexOf(phase) + 1);
  await ensureRollouts(now, {
    'autosave-merge': steps.map((each, i) => ({
      phase: each,
      kind: i === 0 ? ('start' as const) : ('promotion' as const),
      at: new Date(now.getTime() - (steps.length - i) * 86_400_000),
      reason: 'test history',
    })),
  });
  return made;
}

/** Runs a command of the repository as people do, in this folder or another. */
export async function run(
  script: string,
  args: readonly string[],
  env: Record<string, string> = {},
  cwd = '.',
) {
  const { DATABASE_URL: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [script, ...args], {
    cwd,
    env: { ...inherited, NODE_NO_WARNINGS: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, code] = await Promise.all([
    child.stdout.setEncoding('utf8').toArray(),
    child.stderr.setEncoding('utf8').toArray(),
    new Promise<number | null>((done) => child.once('close', done)),
  ]);
  return { code, out: out.join(''), err: err.join('') };
}
