import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { verifyAuditChain } from '#lib/evidence/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { emptyTables, testDatabase } from '#scripts/test/database.ts';
import { retentionCutoffs } from './cutoffs.ts';
import { applyRetention } from './server.ts';

const NOW = new Date('2026-11-21T18:20:00.000Z');
const NOTHING = {
  windows: 0,
  verdicts: 0,
  slices: 0,
  cycles: 0,
  payloads: 0,
  quarantine: 0,
  sessions: 0,
  setupTokens: 0,
};
const FAR = new Date(NOW.getTime() + 86_400_000);

let cutoffs: ReturnType<typeof retentionCutoffs>;
let sourceId: string;
let userId: string;

beforeAll(async () => {
  await testDatabase();
  cutoffs = retentionCutoffs((await loadPolicy()).policy.retention, NOW);
  sourceId = (
    await database().telemetrySource.create({ data: { kind: 'http', name: 'key', identity: 'key' } })
  ).id;
  userId = (await database().user.create({ data: { email: 'ann@example.org', name: 'Ann' } })).id;
});
afterAll(disconnectDatabase);

beforeEach(async () => {
  await emptyTables(
    'telemetry_window',
    'verdict',
    'metric_reading',
    'slo_slice',
    'slo_revision',
    'cycle',
    'telemetry_batch',
    'telemetry_batch_payload',
    'telemetry_quarantine',
    'user_session',
    'setup_token',
  );
});

/** The limit itself, which stays, and one millisecond before it, which goes. */
const bothSides = (limit: Date): [kept: Date, gone: Date] => [limit, new Date(limit.getTime() - 1)];

async function addWindow(windowStart: Date): Promise<void> {
  const key = { rolloutId: 'autosave', phase: 'A', event: 'autosave.save.completed' };
  const empty = { bucketIndex: [], bucketCount: [], lineValue: [], linePast: [] };
  await database().telemetryWindow.create({
    data: { ...key, ...empty, windowStart, tagSet: '', dims: '{}', field: '', count: 1n, sum: 1 },
  });
}

async function addVerdict(rolloutId: string, windowStart: Date, revision = 1): Promise<string> {
  const owner = { rolloutId, phase: 'A', windowStart };
  const { id } = await database().verdict.create({
    data: {
      ...owner,
      windowEnd: windowStart,
      revision,
      verdict: 'pass',
      breach: false,
      rollbackRequired: false,
      notifyLevel: 'none',
      retryableFailures: 0n,
      policyHash: 'p',
      inputHash: 'i',
      metrics: [],
      readings: {
        create: { ...owner, metric: 'save_error_rate', verdict: 'pass', samples: 1n, reason: 'within_limit' },
      },
    },
  });
  return id;
}

let position = 0n;
async function addBody(state: 'received' | 'counted', receivedAt: Date): Promise<string> {
  position += 1n;
  const { id } = await database().telemetryBatch.create({
    data: {
      sourceId,
      startOffset: position,
      endOffset: position + 1n,
      firstLine: 1n,
      sha256: `${position}`,
      state,
      receivedAt,
      payload: { create: { bodyGzip: new Uint8Array(3), byteCount: 3n } },
    },
  });
  return id;
}

async function addLine(state: 'open' | 'replayed' | 'discarded', at: Date): Promise<bigint> {
  const { id } = await database().telemetryQuarantine.create({
    data: {
      sourceName: 'key',
      lineNumber: 1n,
      byteOffset: 0n,
      byteLength: 1n,
      reason: 'not_json',
      message: '',
      raw: 'x',
      state,
      createdAt: new Date(at.getTime() - 1000),
      resolvedAt: state === 'open' ? null : at,
    },
  });
  return id;
}

const addSession = async (expiresAt: Date, revokedAt: Date | null) =>
  (await database().userSession.create({ data: { userId, expiresAt, revokedAt } })).id;

const addToken = async (tokenSha256: string, expiresAt: Date, usedAt: Date | null) => {
  await database().setupToken.create({ data: { tokenSha256, expiresAt, usedAt } });
};

async function addCycle(windowStart: Date, state: 'due' | 'reported' = 'reported'): Promise<void> {
  await database().cycle.create({
    data: { windowStart, windowEnd: windowStart, origin: 'scheduled', state },
  });
}

it('deletes aggregates of windows that began before the limit, and no other', async () => {
  const [kept, gone] = bothSides(cutoffs.windows);
  await addWindow(kept);
  await addWindow(gone);
  expect(await applyRetention(NOW)).toEqual({ ...NOTHING, windows: 1 });
  expect(await database().telemetryWindow.findMany({ select: { windowStart: true } })).toEqual([
    { windowStart: kept },
  ]);
});

it('deletes old verdicts with their readings, and cycles with them', async () => {
  const [kept, gone] = bothSides(cutoffs.verdicts);
  const keptId = await addVerdict('autosave', kept);
  await addVerdict('autosave', gone);
  await addVerdict('autosave', gone, 2);
  await addCycle(kept);
  await addCycle(gone, 'due');
  expect(await applyRetention(NOW)).toEqual({ ...NOTHING, verdicts: 2, cycles: 1 });
  expect(await database().metricReading.findMany({ select: { verdictId: true } })).toEqual([
    { verdictId: keptId },
  ]);
  expect(await database().cycle.findMany({ select: { windowStart: true } })).toEqual([{ windowStart: kept }]);
});

it('deletes what was counted of old windows, and says that sums have changed [DASH-4]', async () => {
  const [kept, gone] = bothSides(cutoffs.slices);
  const counted = { phase: 'A', metric: 'save_error_rate', basis: 'events', goodCount: 1n, badCount: 0n };
  await database().sloSlice.createMany({
    data: [
      { rolloutId: 'autosave', windowStart: kept },
      { rolloutId: 'autosave', windowStart: gone },
      { rolloutId: 'autosave-merge', windowStart: kept },
    ].map((slice) => ({ ...slice, ...counted, targetRatio: 0.99, policyHash: 'p' })),
  });
  await database().sloRevision.createMany({
    data: [
      { rolloutId: 'autosave', revision: 5n },
      { rolloutId: 'autosave-merge', revision: 5n },
    ],
  });
  expect(await applyRetention(NOW)).toEqual({ ...NOTHING, slices: 1 });
  expect(await database().sloSlice.count({ where: { windowStart: kept } })).toBe(2);
  expect(await database().sloRevision.findMany({ orderBy: { rolloutId: 'asc' } })).toEqual([
    { rolloutId: 'autosave', revision: 6n },
    { rolloutId: 'autosave-merge', revision: 5n },
  ]);
});

it('keeps the newest verdict of each rollout and the newest finished cycle, however old', async () => {
  const [, older] = bothSides(cutoffs.verdicts);
  const oldest = new Date(older.getTime() - 900_000);
  const newest = [
    await addVerdict('autosave', older),
    await addVerdict('autosave', older, 2),
    await addVerdict('autosave-merge', oldest),
  ];
  await addVerdict('autosave', oldest);
  await addCycle(older);
  await addCycle(oldest);
  await addCycle(new Date(older.getTime() + 1), 'due');
  expect(await applyRetention(NOW)).toEqual({ ...NOTHING, verdicts: 1, cycles: 1 });
  const ids = (await database().verdict.findMany({ select: { id: true } })).map(({ id }) => id);
  expect(ids.sort()).toEqual(newest.sort());
});

it('deletes bodies that were counted, never one that was not, and keeps their batches [COL-2]', async () => {
  const [kept, gone] = bothSides(cutoffs.payloads);
  const staying = [await addBody('counted', kept), await addBody('received', gone)];
  await addBody('counted', gone);
  expect(await applyRetention(NOW)).toEqual({ ...NOTHING, payloads: 1 });
  const left = await database().telemetryBatchPayload.findMany({ select: { batchId: true } });
  expect(left.map(({ batchId }) => batchId).sort()).toEqual(staying.sort());
  expect(await database().telemetryBatch.count()).toBe(3);
});

it('deletes lines resolved before the limit and never an open one [TEL-10]', async () => {
  const [kept, gone] = bothSides(cutoffs.quarantine);
  const staying = [await addLine('discarded', kept), await addLine('open', gone)];
  await addLine('replayed', gone);
  await addLine('discarded', gone);
  expect(await applyRetention(NOW)).toEqual({ ...NOTHING, quarantine: 2 });
  const left = await database().telemetryQuarantine.findMany({
    select: { id: true },
    orderBy: { id: 'asc' },
  });
  expect(left.map(({ id }) => id)).toEqual(staying);
});

it('deletes sessions and one-time links by their end: over, revoked or used', async () => {
  const [kept, gone] = bothSides(cutoffs.sessions);
  const staying = [await addSession(kept, null), await addSession(FAR, kept), await addSession(FAR, null)];
  await addSession(gone, null);
  await addSession(FAR, gone);
  await addToken('over, kept', kept, null);
  await addToken('used, kept', FAR, kept);
  await addToken('over, gone', gone, null);
  await addToken('used, gone', FAR, gone);
  expect(await applyRetention(NOW)).toEqual({ ...NOTHING, sessions: 2, setupTokens: 2 });
  const left = await database().userSession.findMany({ select: { id: true } });
  expect(left.map(({ id }) => id).sort()).toEqual(staying.sort());
  const tokens = await database().setupToken.findMany({ orderBy: { tokenSha256: 'asc' } });
  expect(tokens.map(({ tokenSha256 }) => tokenSha256)).toEqual(['over, kept', 'used, kept']);
});

it('deletes more than one statement does, each row once when two runs meet, and nothing when repeated', async () => {
  const [kept, gone] = bothSides(cutoffs.quarantine);
  await database().$executeRaw`
    INSERT INTO telemetry_quarantine
      (source_name, line_number, byte_offset, byte_length, reason, message, raw, state, resolved_at)
    SELECT 'key', n, 0, 1, 'not_json', '', 'x', 'discarded', ${gone}::timestamptz FROM generate_series(1, 12001) AS n`;
  await addLine('discarded', kept);
  const runs = await Promise.all([applyRetention(NOW), applyRetention(NOW)]);
  expect(runs.reduce((sum, { quarantine }) => sum + quarantine, 0)).toBe(12_001);
  expect(await applyRetention(NOW)).toEqual(NOTHING);
  expect(await database().telemetryQuarantine.count()).toBe(1);
});

it('leaves a row that somebody else holds for the next run, without waiting', async () => {
  const [, gone] = bothSides(cutoffs.quarantine);
  const held = await addLine('discarded', gone);
  await addLine('discarded', gone);
  await database().$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id::text FROM telemetry_quarantine WHERE id = ${held} FOR UPDATE`;
    expect(await applyRetention(NOW)).toEqual({ ...NOTHING, quarantine: 1 });
  });
  expect(await applyRetention(NOW)).toEqual({ ...NOTHING, quarantine: 1 });
});

it('records each run once with its counts, and touches no evidence', async () => {
  const before = await database().auditEntry.count();
  await addWindow(bothSides(cutoffs.windows)[1]);
  await applyRetention(NOW);
  const [entry, ...others] = await database().auditEntry.findMany({
    orderBy: { seq: 'asc' },
    skip: before,
  });
  expect(others).toEqual([]);
  expect(entry).toMatchObject({
    action: 'retention.applied',
    subject: 'retention',
    actorName: 'Phasegate',
    details: { deleted: { ...NOTHING, windows: 1 }, before: { windows: cutoffs.windows.toISOString() } },
  });
  expect(await verifyAuditChain()).toBeNull();
});
