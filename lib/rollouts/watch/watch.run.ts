import { latestVerdict, lookAtOpenWindow } from '#lib/analyzer/server.ts';
import { businessDayAt } from '#lib/calendar/index.ts';
import { log } from '#lib/config/server.ts';
import { inTransaction, publishLive, type Transaction } from '#lib/database/server.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import { SYSTEM_ACTOR } from '#lib/identity/index.ts';
import { openIncident } from '#lib/incidents/server.ts';
import { nothingIsOn, type Policy, type RolloutPolicy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { applyTransition } from '../machine/apply-transition.store.ts';
import { holdForStep } from '../people/hold-rollout.store.ts';
import type { Rollout } from '../rollout.schema.ts';
import { findRollout, lastPhaseChange, listRollouts } from '../rollout.store.ts';
import { killInForce } from '../stops/kill-guard.store.ts';
import { tellOfTrouble } from '../tell/tell.store.ts';
import { keepReading, lastLookAt, verdictsSince } from './watch-reading.store.ts';
import { dueLook, oftenUntil, outcomeOfWatch, type Watch } from './watch-rules.ts';

export type WatchRound = {
  readings: number;
  recovered: string[];
  escalated: string[];
  failures: { rolloutId: string; error: string }[];
};

/**
 * Watches what was rolled back (ROL-5, COL-8): looks at the pace of the policy, and at the end of the watch lets the
 * rollout wait for its canary date or calls a person. Looking goes on while a kill switch is pressed; nothing else does.
 * Each rollout on its own; safe to call often and by several processes.
 */
export async function watchRollouts(now: Date): Promise<WatchRound> {
  const { policy } = await loadPolicy();
  const round: WatchRound = { readings: 0, recovered: [], escalated: [], failures: [] };
  for (const rollout of await listRollouts()) {
    const rules = policy.rollouts[rollout.id];
    const watch = await watchOf(rollout);
    if (!rules || !watch) continue;
    try {
      if (await look(rollout, rules, watch, now)) round.readings += 1;
      const outcome = await inTransaction((tx) => conclude(tx, policy, rollout.id, watch, now));
      if (outcome === 'recovered') round.recovered.push(rollout.id);
      if (outcome === 'escalated') round.escalated.push(rollout.id);
    } catch (error) {
      log('rollouts').error({ err: error, rolloutId: rollout.id }, 'a rollout could not be watched');
      const message = error instanceof Error ? error.message : String(error);
      round.failures.push({ rolloutId: rollout.id, error: message });
    }
  }
  return round;
}

/** Null unless the rollout is being watched, halted or not. */
async function watchOf(rollout: Rollout): Promise<Watch | null> {
  const place = rollout.state === 'halted' ? rollout.resumeState : rollout.state;
  if (place !== 'watching' || rollout.watchUntil === null) return null;
  const change = await lastPhaseChange(rollout.id);
  return {
    since: new Date(change?.provenAt ?? rollout.stateEnteredAt),
    until: new Date(rollout.watchUntil),
  };
}

async function look(rollout: Rollout, rules: RolloutPolicy, watch: Watch, now: Date): Promise<boolean> {
  const { id: rolloutId, phase, version: rolloutVersion } = rollout;
  const lastAt = await lastLookAt(rolloutId, rolloutVersion);
  const at = dueLook(watch, rules.afterRollback, lastAt, now);
  if (at) {
    const seen = await lookAtOpenWindow({ rolloutId, phase, now });
    return await keepReading({ rolloutId, rolloutVersion, at }, seen);
  }
  const verdict = await latestVerdict(rolloutId);
  if (!verdict || verdict.phase !== phase) return false;
  const end = new Date(verdict.window.end);
  if (end <= oftenUntil(watch, rules.afterRollback) || (lastAt && end <= lastAt)) return false;
  return await keepReading({ rolloutId, rolloutVersion, at: end }, verdict);
}

async function conclude(
  tx: Transaction,
  policy: Policy,
  rolloutId: string,
  watch: Watch,
  now: Date,
): Promise<'recovered' | 'escalated' | null> {
  const killed = await killInForce(tx, rolloutId);
  await holdForStep(tx, rolloutId);
  const rollout = await findRollout(rolloutId, tx);
  const rules = policy.rollouts[rolloutId];
  if (killed || rollout?.state !== 'watching' || !rules) return null;
  const { windowSeconds, slotSeconds, onTimeWithinSeconds } = policy.cycle;
  const { recoveredWindows, canaryAfterBusinessDays, canaryAt } = rules.afterRollback;
  const entries = await verdictsSince(tx, { rolloutId, phase: rollout.phase, since: watch.since });
  const graceSeconds = slotSeconds.report + onTimeWithinSeconds;
  const outcome = outcomeOfWatch(
    watch,
    entries,
    {
      recoveredWindows,
      windowSeconds,
      graceSeconds,
      nothingIsOn: nothingIsOn(policy, rolloutId, rollout.phase),
    },
    now,
  );
  if (outcome === 'watching') return null;
  if (outcome === 'not_recovered') return await escalate(tx, policy, rollout, now);
  const next = businessDayAt(now, {
    zone: policy.timezone,
    businessDays: canaryAfterBusinessDays,
    at: canaryAt,
  });
  const moved = await applyTransition(tx, { rollout, event: 'recovered', at: now, nextCanaryAt: next });
  if (!moved) return null;
  await appendAudit(tx, {
    actor: SYSTEM_ACTOR,
    action: 'rollout.recovered',
    subject: `rollout:${rolloutId}`,
    reason: `the last ${recoveredWindows} windows met every objective`,
    details: { phase: rollout.phase, nextCanaryAt: next.toISOString(), version: moved.version },
    at: now,
  });
  return 'recovered';
}

async function escalate(
  tx: Transaction,
  policy: Policy,
  rollout: Rollout,
  now: Date,
): Promise<'escalated' | null> {
  if (rollout.escalatedAt !== null) return null;
  const { id: rolloutId, phase } = rollout;
  await tx.rollout.update({ where: { id: rolloutId }, data: { escalatedAt: now } });
  await publishLive(tx, { topic: 'rollout', rolloutId });
  const incident = await openIncident(tx, {
    rolloutId,
    phase,
    cause: 'not_recovered',
    severity: 'major',
    details: { watchUntil: rollout.watchUntil },
    actor: SYSTEM_ACTOR,
    at: now,
  });
  const change = await lastPhaseChange(rolloutId, tx);
  if (change)
    await tellOfTrouble(tx, policy, { kind: 'not-recovered', change, incidentId: incident.id }, now);
  await appendAudit(tx, {
    actor: SYSTEM_ACTOR,
    action: 'rollout.not_recovered',
    subject: `rollout:${rolloutId}`,
    reason: 'the watch after the rollback has ended and the SLO is not met; it is watched on',
    details: { phase, watchUntil: rollout.watchUntil },
    at: now,
  });
  return 'escalated';
}
