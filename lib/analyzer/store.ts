import { randomUUID } from 'node:crypto';
import { type Database, database, Prisma, publishLive, type Transaction } from '#lib/database/server.ts';
import { type SeriesRow, seriesOfRow, type WindowSeries } from '#lib/telemetry/index.ts';
import type { PhaseStep } from './phase-stays.ts';
import { takeTurns } from './slices.store.ts';
import { phaseVerdictOf } from './stored-phase-verdict.ts';
import type { PhaseVerdict } from './verdict.schema.ts';
import { verdictFingerprint } from './verdict-fingerprint.ts';

/**
 * The windows of one phase that count towards verdicts, with starts in [from, to), oldest first.
 * `events` limits them to some events (a baseline reads one rate over weeks).
 */
export async function loadSeries(query: {
  rolloutId: string;
  phase: string;
  from: Date;
  to: Date;
  events?: readonly string[];
}): Promise<WindowSeries[]> {
  const events = query.events ? Prisma.sql`AND event = ANY(${[...query.events]}::text[])` : Prisma.empty;
  // Counts stay far below 2^53, and as doubles they arrive as numbers.
  const rows = await database().$queryRaw<SeriesRow[]>`
    SELECT rollout_id AS "rolloutId", phase, window_start AS "windowStart", event, tag_set AS "tagSet", dims, field,
           count::float8 AS count, sum, min, max, zero_count::float8 AS "zeroCount",
           bucket_index AS "bucketIndex", bucket_count::float8[] AS "bucketCount",
           line_value AS "lineValue", line_past::float8[] AS "linePast"
    FROM telemetry_window
    WHERE rollout_id = ${query.rolloutId} AND phase = ${query.phase}
      AND window_start >= ${query.from} AND window_start < ${query.to} AND tag_set = '' ${events}
    ORDER BY window_start`;
  return rows.map(seriesOfRow);
}

export type RolloutHistory = { rolloutId: string; phase: string; steps: PhaseStep[] };

/** Every rollout that is set up, with the steps it has taken. */
export async function loadRolloutHistories(): Promise<RolloutHistory[]> {
  const rollouts = await database().rollout.findMany({
    orderBy: { id: 'asc' },
    include: {
      changes: {
        select: { kind: true, fromPhase: true, toPhase: true, createdAt: true },
        orderBy: { rolloutVersion: 'asc' },
      },
    },
  });
  return rollouts.map(({ id, phase, changes }) => ({
    rolloutId: id,
    phase,
    steps: changes.map(({ createdAt, ...step }) => ({ ...step, at: createdAt })),
  }));
}

/** Where a verdict is stored. `changed` is false when the latest revision already said exactly this. */
export type StoredVerdict = { id: string; revision: number; changed: boolean; verdict: PhaseVerdict };

type SavedRow = { id: string; phase: string; windowStart: Date; revision: number; changed: boolean };

/**
 * Stores verdicts of one rollout with their readings (COL-6): a new revision where anything differs from the latest
 * one, nothing where it is the same. The revision it replaces stays and is no longer the latest.
 * Two workers judging the same windows take turns, so a revision is never written twice.
 */
export async function saveVerdicts(
  tx: Transaction,
  rolloutId: string,
  verdicts: readonly PhaseVerdict[],
): Promise<StoredVerdict[]> {
  if (verdicts.length === 0) return [];
  await takeTurns(tx, rolloutId);
  const incoming = JSON.stringify(
    verdicts.map((verdict) => ({
      id: randomUUID(),
      phase: verdict.phase,
      window_start: verdict.window.start,
      window_end: verdict.window.end,
      verdict: verdict.verdict,
      slo_met: verdict.slo_met,
      breach: verdict.breach,
      rollback_required: verdict.rollback_required,
      rollback_to: verdict.rollbackTo,
      notify_level: verdict.notify_level,
      retryable_failures: verdict.retryable_failures,
      policy_hash: verdict.policy_version,
      input_hash: verdictFingerprint(verdict),
      metrics: verdict.metrics,
    })),
  );
  const saved = await tx.$queryRaw<SavedRow[]>`
    WITH incoming AS (
      SELECT * FROM jsonb_to_recordset(${incoming}::jsonb) AS i(
        id uuid, phase text, window_start timestamptz, window_end timestamptz, verdict text, slo_met boolean,
        breach boolean, rollback_required boolean, rollback_to text, notify_level text, retryable_failures bigint,
        policy_hash text, input_hash text, metrics jsonb)
    ), latest AS (
      SELECT v.id, v.phase, v.window_start, v.revision, v.input_hash, v.policy_hash
      FROM verdict v JOIN incoming i ON v.phase = i.phase AND v.window_start = i.window_start
      WHERE v.rollout_id = ${rolloutId} AND v.is_latest
    ), changed AS (
      SELECT i.*, l.id AS replaced, coalesce(l.revision, 0) + 1 AS revision
      FROM incoming i LEFT JOIN latest l ON l.phase = i.phase AND l.window_start = i.window_start
      WHERE l.id IS NULL OR l.input_hash <> i.input_hash OR l.policy_hash <> i.policy_hash
    ), retired AS (
      UPDATE verdict SET is_latest = false WHERE id IN (SELECT replaced FROM changed)
    ), retired_readings AS (
      UPDATE metric_reading SET is_latest = false WHERE verdict_id IN (SELECT replaced FROM changed)
    ), inserted AS (
      INSERT INTO verdict (id, rollout_id, phase, window_start, window_end, revision, is_latest, verdict, slo_met,
        breach, rollback_required, rollback_to, notify_level, retryable_failures, policy_hash, input_hash, metrics)
      SELECT id, ${rolloutId}, phase, window_start, window_end, revision, true, verdict, slo_met,
        breach, rollback_required, rollback_to, notify_level, retryable_failures, policy_hash, input_hash, metrics
      FROM changed
      RETURNING id, phase, window_start, revision
    ), readings AS (
      INSERT INTO metric_reading (verdict_id, metric, rollout_id, phase, window_start, is_latest, value, limit_value,
        warn_value, verdict, samples, reason)
      SELECT DISTINCT ON (c.id, m.metric) c.id, m.metric, ${rolloutId}, c.phase, c.window_start, true, m.value,
        m."limit", m.warn_at, m.verdict, m.samples, m.reason
      FROM changed c, jsonb_to_recordset(c.metrics) AS m(
        metric text, value float8, "limit" float8, warn_at float8, verdict text, samples bigint, reason text)
    )
    SELECT id, phase, window_start AS "windowStart", revision, true AS changed FROM inserted
    UNION ALL
    SELECT l.id, l.phase, l.window_start, l.revision, false FROM latest l
    WHERE NOT EXISTS (SELECT 1 FROM changed c WHERE c.replaced = l.id)`;
  if (saved.some((row) => row.changed)) await publishLive(tx, { topic: 'verdict', rolloutId });
  const byWindow = new Map(saved.map((row) => [`${row.phase}|${row.windowStart.toISOString()}`, row]));
  return verdicts.flatMap((verdict) => {
    const row = byWindow.get(`${verdict.phase}|${verdict.window.start}`);
    return row ? [{ id: row.id, revision: row.revision, changed: row.changed, verdict }] : [];
  });
}

/** The latest revision of the newest window's verdict of a rollout, whatever phase it was in; null before the first. */
export async function latestVerdict(rolloutId: string): Promise<PhaseVerdict | null> {
  const row = await database().verdict.findFirst({
    where: { rolloutId, isLatest: true },
    // A window judged again after a change of phase has two: the one written last knows more.
    orderBy: [{ windowStart: 'desc' }, { createdAt: 'desc' }],
  });
  return row ? phaseVerdictOf(row) : null;
}

/** The end of the newest window whose telemetry has been collected; null before the first. */
export async function newestCollectedWindowEnd(
  reader: Transaction | Database = database(),
): Promise<Date | null> {
  // Windows are as long as each other: the one that begins last ends last, and the key is in that order.
  const newest = await reader.cycle.findFirst({
    where: { collectedAt: { not: null } },
    orderBy: { windowStart: 'desc' },
    select: { windowEnd: true },
  });
  return newest?.windowEnd ?? null;
}
