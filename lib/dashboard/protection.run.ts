import { z } from 'zod';
import { MetricVerdictSchema, VerdictKindSchema } from '#lib/analyzer/index.ts';
import { database } from '#lib/database/server.ts';
import type { Actor } from '#lib/identity/index.ts';
import { findPhase } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import type { Rollout } from '#lib/rollouts/index.ts';
import { PhaseChangeKindSchema, ProofSchema } from '#lib/rollouts/rollout.schema.ts';
import { findRollout, loadDecisionFacts, planClimb, restartPhase } from '#lib/rollouts/server.ts';
import { namedMetrics } from './because.store.ts';
import type { Protection } from './protection.schema.ts';
import { CauseFactSchema, type ProtectionFacts, protectionOf } from './protection.ts';

const SHOWN_READINGS = 24;

/**
 * What protects a rollout now, for one reader; null for a rollout that does not exist or stands in a phase the policy
 * lacks. Errors: PolicyError, the database's, a ZodError when something stored is not what it should be.
 */
export async function readProtection(
  rolloutId: string,
  reader: Actor,
  now: Date,
): Promise<Protection | null> {
  const [{ policy }, rollout] = await Promise.all([loadPolicy(), findRollout(rolloutId)]);
  if (!rollout || !findPhase(policy, rolloutId, rollout.phase)) return null;
  const [requests, restart, step, readings] = await Promise.all([
    readRequests(rollout),
    readRestart(rollout, reader, now),
    readStep(rolloutId),
    readWatch(rollout),
  ]);
  return protectionOf({
    policy,
    rollout,
    reader,
    restart,
    requests,
    ...(requests.open ? await readCauses(requests.open) : { causes: [], events: [] }),
    named: namedMetrics(requests.open?.evidence, policy),
    step,
    ...readings,
    now,
  });
}

async function readRestart(rollout: Rollout, reader: Actor, now: Date): Promise<ProtectionFacts['restart']> {
  if (rollout.nextCanaryAt === null) return null;
  const loaded = await loadPolicy();
  const [facts, to] = [
    await loadDecisionFacts(database(), loaded, rollout.id, now),
    restartPhase(loaded.policy, rollout),
  ];
  if (!facts || !to) return null;
  const plan = planClimb('restart', facts, reader.roles);
  return { to, refused: plan.plan === 'refuse' ? plan.refusal.refused : null };
}

async function readRequests({ id, version }: Rollout) {
  const newest = (state: string) =>
    database().rollbackRequest.findFirst({
      where: { rolloutId: id, state, ...(state === 'open' ? {} : { rolloutVersion: version }) },
      orderBy: { openedAt: 'desc' },
    });
  const [open, declined, recorded] = await Promise.all([
    newest('open'),
    newest('declined'),
    newest('recorded'),
  ]);
  return { open, declined, recorded };
}

/** Of a fast-lane request: what the open window had proven, and which events were sent. */
const EvidenceSchema = z.object({
  breaches: z.array(CauseFactSchema).default([]),
  events: z.array(z.object({ event: z.string(), count: z.number() })).default([]),
});

async function readCauses(request: { verdictId: string | null; evidence: unknown }) {
  const evidence = EvidenceSchema.safeParse(request.evidence);
  const { breaches, events } = evidence.success ? evidence.data : { breaches: [], events: [] };
  if (request.verdictId === null) return { causes: breaches, events };
  const verdict = await database().verdict.findUnique({
    where: { id: request.verdictId },
    select: { metrics: true },
  });
  const metrics = verdict ? MetricVerdictSchema.array().parse(verdict.metrics) : [];
  const deciding = metrics.filter((metric) => !metric.shadow);
  const violations = deciding.filter((metric) => metric.verdict === 'violation');
  return { causes: violations.length > 0 ? violations : deciding.filter(({ met }) => met === false), events };
}

async function readStep(rolloutId: string): Promise<ProtectionFacts['step']> {
  const row = await database().phaseChange.findFirst({
    where: { rolloutId },
    orderBy: { rolloutVersion: 'desc' },
  });
  if (!row) return null;
  return {
    id: row.id,
    kind: PhaseChangeKindSchema.parse(row.kind),
    fromPhase: row.fromPhase,
    toPhase: row.toPhase,
    at: row.createdAt.toISOString(),
    actorName: row.actorName,
    trigger: row.trigger,
    reason: row.reason,
    breakGlass: row.breakGlass,
    proof: ProofSchema.parse(row.proof),
    attempts: row.proofAttempts,
    provenAt: row.provenAt?.toISOString() ?? null,
  };
}

async function readWatch({ id, version }: Rollout) {
  const ours = { rolloutId: id, rolloutVersion: version };
  const [rows, readingCount, metCount] = await Promise.all([
    database().watchReading.findMany({ where: ours, orderBy: { at: 'desc' }, take: SHOWN_READINGS }),
    database().watchReading.count({ where: ours }),
    database().watchReading.count({ where: { ...ours, sloMet: true } }),
  ]);
  return {
    readings: rows.map(({ at, verdict, sloMet }) => ({
      at: at.toISOString(),
      verdict: VerdictKindSchema.parse(verdict),
      sloMet,
    })),
    readingCount,
    metCount,
  };
}
