import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { env, forgetEnv } from '#lib/config/server.ts';
import {
  database,
  disconnectDatabase,
  inTransaction,
  publishLive,
  subscribeLive,
} from '#lib/database/server.ts';
import type { Actor } from '#lib/identity/index.ts';
import { ensureRollouts, rollBack } from '#lib/rollouts/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { eventually } from '#scripts/test/eventually.ts';
import { losing } from '#scripts/test/losing.ts';
import { OverviewSchema, RolloutViewSchema } from './index.ts';
import { liveStream, readOverview, readRolloutView } from './server.ts';

const NOW = new Date('2026-11-21T12:05:00Z');
const READER: Actor = { kind: 'user', id: 'u', name: 'On-call', roles: ['on_call'], scopes: [] };

beforeAll(async () => {
  await testDatabase();
  await ensureRollouts(new Date('2026-11-20T00:00:00Z'), {
    'autosave-merge': [
      { phase: 'A-0', kind: 'start', at: new Date('2026-11-19T00:00:00Z'), reason: 'start' },
      { phase: 'A-1', kind: 'promotion', at: new Date('2026-11-20T00:00:00Z'), reason: 'reviewed' },
    ],
  });
});
afterAll(() => disconnectDatabase());

/** Reads events of a stream until one matches. */
async function readUntil(
  stream: ReadableStream<Uint8Array>,
  wanted: (text: string) => boolean,
): Promise<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += decoder.decode(part.value, { stream: true });
    if (wanted(text)) {
      await reader.cancel();
      return text;
    }
  }
  throw new Error(`the stream ended with: ${text}`);
}

describe('live notices', () => {
  it('reach a connected page when the change commits, and never when it is rolled back [DASH-7]', async () => {
    let listening: () => void = () => {};
    const ready = new Promise<void>((resolve) => {
      listening = resolve;
    });
    const stop = subscribeLive((signal) => signal.kind === 'resync' && listening());
    const stream = liveStream(new AbortController().signal);
    const heard = readUntil(stream, (text) => text.includes('"rolloutId":"autosave"'));
    await ready;
    await expect(
      inTransaction(async (tx) => {
        await publishLive(tx, { topic: 'rollout', rolloutId: 'undone' });
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    await inTransaction((tx) => publishLive(tx, { topic: 'verdict', rolloutId: 'autosave' }));
    const text = await heard;
    expect(text).toContain('event: ready');
    expect(text).toContain('event: notice\ndata: {"topic":"verdict","rolloutId":"autosave"}');
    expect(text).not.toContain('undone');
    stop();
  });

  it('come again after the connection to the database broke, with a call to reread [DASH-7]', async () => {
    const signals: string[] = [];
    let changed: () => void = () => {};
    const stop = subscribeLive((signal) => {
      signals.push(signal.kind);
      changed();
    });
    const until = async (count: number) => {
      while (signals.filter((kind) => kind === 'resync').length < count)
        await new Promise<void>((resolve) => {
          changed = resolve;
        });
    };
    await until(1);
    await database().$queryRaw`
      SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE application_name = 'phasegate-live'
      AND datname = current_database()`;
    await until(2);
    expect(signals).toEqual(['resync', 'resync']);
    stop();
  });

  it('come again after the line to the database died without an end, with a call to reread [DASH-7]', async () => {
    const before = env().databaseUrl;
    const line = await losing(before);
    process.env.DATABASE_URL = line.url;
    forgetEnv();
    let resyncs = 0;
    const stop = subscribeLive(({ kind }) => {
      if (kind === 'resync') resyncs += 1;
    });
    try {
      await eventually(() => expect(resyncs).toBe(1));
      line.swallow();
      await eventually(() => expect(resyncs).toBe(2));
    } finally {
      stop();
      process.env.DATABASE_URL = before;
      forgetEnv();
      await line.close();
    }
  });

  it('reach 200 pages over one connection, and are listened for no longer than each page is there [DASH-7]', async () => {
    let listening = 0;
    const counted: typeof subscribeLive = (listener) => {
      const stop = subscribeLive(listener);
      listening += 1;
      return () => {
        listening -= 1;
        stop();
      };
    };
    const connections = async () => {
      const [row] = await database().$queryRaw<{ count: number }[]>`
        SELECT count(*)::int AS count FROM pg_stat_activity
        WHERE application_name = 'phasegate-live' AND datname = current_database()`;
      return row?.count;
    };
    const gone = new AbortController();
    const leaving = Array.from({ length: 100 }, () => liveStream(gone.signal, counted));
    const staying = Array.from({ length: 100 }, () => liveStream(new AbortController().signal, counted));
    const [first, ...others] = staying;
    if (!first) throw new Error('there must be one');
    const ready = readUntil(first, (text) => text.includes('event: resync'));
    await ready;
    expect(listening).toBe(199);
    expect(await connections()).toBe(1);
    gone.abort();
    expect(listening).toBe(99);
    const heard = others.map((stream) => readUntil(stream, (text) => text.includes('"rolloutId":"for-all"')));
    await inTransaction((tx) => publishLive(tx, { topic: 'rollout', rolloutId: 'for-all' }));
    expect(await Promise.all(heard)).toHaveLength(99);
    expect(listening).toBe(0);
    await eventually(async () => expect(await connections()).toBe(0));
    for (const stream of leaving) expect(await new Response(stream).text()).not.toContain('for-all');
  });

  it('end with the request', async () => {
    const request = new AbortController();
    const reader = liveStream(request.signal).getReader();
    await reader.read();
    request.abort();
    // What was sent before is still there; then it is over, instead of waiting for the next notice.
    let part = await reader.read();
    while (!part.done) part = await reader.read();
    expect(part.done).toBe(true);
  });
});

describe('the pages on an empty database', () => {
  it('say that no telemetry has arrived, for every rollout of the policy [DASH-1]', async () => {
    const overview = OverviewSchema.parse(await readOverview(NOW));
    expect(overview.sight.state).toBe('never');
    expect(overview.rollouts.map(({ id, headline }) => `${id} ${headline.code}`)).toEqual([
      'autosave-merge no_telemetry_yet',
      'autosave no_telemetry_yet',
    ]);
  });

  it('say how many sources there are, and which cannot be read since when [DASH-7, COL-5]', async () => {
    const source = { kind: 'file', identity: '1:1' };
    await database().telemetrySource.createMany({
      data: [
        { ...source, name: 'logs/autosave/a.jsonl' },
        { ...source, name: 'gone.jsonl', state: 'gone', lastError: 'EIO', failingSince: NOW },
        // One that has recovered keeps since when it failed.
        { ...source, kind: 'http', name: 'pg_i_key', failingSince: NOW, recoveredAt: NOW },
        { ...source, name: 'reports/canary/phase-b.jsonl', lastError: 'EIO', failingSince: NOW },
      ],
    });
    try {
      const { sources } = OverviewSchema.parse(await readOverview(NOW));
      expect(sources).toEqual({
        knownCount: 3,
        failing: [{ name: 'reports/canary/phase-b.jsonl', since: NOW.toISOString() }],
      });
    } finally {
      await database().telemetrySource.deleteMany();
    }
  });

  it('know no rollout that the policy lacks', async () => {
    expect(await readRolloutView('nothing', READER, NOW)).toBeNull();
  });
});

it('shows a rollback in the timeline and offers none where nothing is behind [DASH-5, ROL-1]', async () => {
  const before = RolloutViewSchema.parse(await readRolloutView('autosave-merge', READER, NOW));
  expect(before.rollback).toMatchObject({
    fromPhase: 'A-1',
    toPhase: 'A-0',
    expectedVersion: 2,
    blockedBy: null,
  });
  await rollBack({
    rolloutId: 'autosave-merge',
    fromPhase: 'A-1',
    expectedVersion: before.rollback.expectedVersion,
    reason: 'a test',
    trigger: 'button',
    actor: { id: 'user:1', name: 'On-call' },
    now: NOW,
  });
  const after = RolloutViewSchema.parse(await readRolloutView('autosave-merge', READER, NOW));
  expect(after.rollback).toMatchObject({ fromPhase: 'A-0', toPhase: null, blockedBy: 'nothing_behind' });
  expect(after.phases[0]).toMatchObject({
    position: 'current',
    entered: { kind: 'rollback', actorName: 'On-call' },
  });
});

it('shows every gate of the decision, what people have said and who may, read from the database [PHA-3, PHA-7]', async () => {
  const actor: Actor = { ...READER, id: 'qa', roles: ['data_qa', 'sre'] };
  const view = RolloutViewSchema.parse(await readRolloutView('autosave', actor, NOW));
  expect(view.summary.state).toBe('preparing');
  expect(view.start).toMatchObject({ phase: 'A', blockedBy: null });
  expect(view.promotion.blockedBy).toBe('gates');
  expect(view.summary.decision.gates.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['kill_switch', 'state', 'windows_running', 'signed_off', 'approvals']),
  );
  expect(view.signOffs).toMatchObject([{ panel: 'autosave', signed: null, blockedBy: 'role' }]);
  expect(view.approvals.required).toEqual([
    { role: 'sre', needed: 1, given: 0 },
    { role: 'dev_lead', needed: 1, given: 0 },
  ]);

  const { version, phase } = { version: view.version, phase: view.summary.phase };
  const word = { rolloutId: 'autosave', phase, rolloutVersion: version, policyHash: 'older', givenAt: NOW };
  await database().panelSignOff.create({
    data: { ...word, panel: 'autosave', role: 'reviewer', comment: 'seen', personId: 'r', personName: 'R' },
  });
  await database().rolloutApproval.create({
    data: {
      ...word,
      evidenceHash: 'e',
      choice: 'reject',
      role: 'sre',
      comment: 'no',
      personId: 'qa',
      personName: 'Q',
      trigger: 'button',
    },
  });
  const after = RolloutViewSchema.parse(await readRolloutView('autosave', actor, NOW));
  expect(after.signOffs[0]).toMatchObject({
    signed: null,
    ended: [{ personName: 'R', endReason: 'policy_changed' }],
  });
  expect(after.approvals.votes).toMatchObject([
    { choice: 'reject', standing: 'blocks', mine: true, comment: 'no' },
  ]);
});
