import { setTimeout as sleep } from 'node:timers/promises';
import { log } from '#lib/config/server.ts';
import { inTransaction, publishLive, type Transaction } from '#lib/database/server.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import { SYSTEM_ACTOR } from '#lib/identity/index.ts';
import { openIncident } from '#lib/incidents/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { readStoredFlags } from '../flag-state.store.ts';
import { composeConfiguration } from '../flags/configuration.ts';
import { applyTransition } from '../machine/apply-transition.store.ts';
import { holdForStep } from '../people/hold-rollout.store.ts';
import type { PhaseChange, Rollout } from '../rollout.schema.ts';
import { findRollout, lastPhaseChange, listRollouts } from '../rollout.store.ts';
import { tellOfTrouble } from '../tell/tell.store.ts';
import { asRecorded, probesOf } from './probes.ts';
import { eventOfProof, needsPerson, QUICK_ATTEMPTS } from './proof-rules.ts';
import { type ReadBack, readBack } from './read-back.client.ts';

const FIRST_PAUSE_MS = 250;

export type ProofSweep = {
  /** Ids of steps. */
  proven: string[];
  unproven: string[];
  failures: { rolloutId: string; error: string }[];
};

type Finding =
  | { equal: true; version: number; asked: ReadBack[] }
  | { equal: false; problem: string; asked: ReadBack[] };

/**
 * Reads back what is served after each rollout's newest step and compares it with the step's record (ROL-4). Equal: the
 * step is proven and the rollout goes on. Not equal or not reachable: tried again at the next sweep; past the policy's
 * time a person is called, and it is still tried. Steps that a crash left unproven are found here, too. Each on its own.
 */
export async function proveChanges(now: Date, rolloutIds?: readonly string[]): Promise<ProofSweep> {
  const sweep: ProofSweep = { proven: [], unproven: [], failures: [] };
  const rollouts = await listRollouts();
  for (const rollout of rollouts.filter(({ id }) => rolloutIds?.includes(id) ?? true)) {
    try {
      const change = await lastPhaseChange(rollout.id);
      if (!change || change.proof === 'proven') continue;
      const proven = await prove(rollout, change, now);
      (proven ? sweep.proven : sweep.unproven).push(change.id);
    } catch (error) {
      log('rollouts').error({ err: error, rolloutId: rollout.id }, 'a step could not be proven');
      const message = error instanceof Error ? error.message : String(error);
      sweep.failures.push({ rolloutId: rollout.id, error: message });
    }
  }
  return sweep;
}

/**
 * Lets a command's step be proven right after it, without keeping whoever pressed waiting. What this does not prove, the
 * next sweep does.
 */
export function provenSoon<C extends { rolloutId: string }, O>(
  command: (input: C) => Promise<O>,
): (input: C) => Promise<O> {
  return async (input) => {
    const outcome = await command(input);
    void proveQuickly(input.rolloutId);
    return outcome;
  };
}

/** A few attempts with growing pauses. Never throws. */
async function proveQuickly(rolloutId: string): Promise<void> {
  for (let attempt = 0; attempt < QUICK_ATTEMPTS; attempt += 1) {
    try {
      const { unproven, failures } = await proveChanges(new Date(), [rolloutId]);
      if (unproven.length + failures.length === 0) return;
    } catch (error) {
      log('rollouts').error({ err: error, rolloutId }, 'a step could not be proven');
    }
    await sleep(FIRST_PAUSE_MS * 3 ** attempt, undefined, { ref: false });
  }
}

async function prove(rollout: Rollout, change: PhaseChange, now: Date): Promise<boolean> {
  const { policy } = await loadPolicy();
  const finding = await find(policy, change);
  return inTransaction(async (tx) => {
    await holdForStep(tx, rollout.id);
    const current = await findRollout(rollout.id, tx);
    // Somebody has made another step, or proven this one: what was read says nothing about it.
    if (current?.version !== rollout.version) return false;
    if ((await lastPhaseChange(rollout.id, tx))?.proof === 'proven') return true;
    if (finding.equal) await keepProof(tx, policy, current, change, finding, now);
    else await keepFailure(tx, policy, current, change, finding, now);
    return finding.equal;
  });
}

async function find(policy: Policy, change: PhaseChange): Promise<Finding> {
  const flagKeys = Object.entries(policy.rollouts).map(
    ([id, rollout]) => [id, Object.keys(rollout.flagDefaults)] as const,
  );
  const stored = composeConfiguration({ policy, ...(await readStoredFlags(new Map(flagKeys))) });
  const { rolloutId, fromPhase, toPhase, flagsBefore, flagsAfter } = change;
  const before = asRecorded(stored, { rolloutId, phase: fromPhase ?? toPhase, settings: flagsBefore });
  const after = asRecorded(stored, { rolloutId, phase: toPhase, settings: flagsAfter });
  try {
    const probes = probesOf(rolloutId, before, after);
    const { readBacks, version } = await readBack(probes);
    const wrong = readBacks.filter(({ expected, got }) => expected !== got);
    if (wrong.length > 0)
      return { equal: false, problem: `${wrong.length} answers differ from the step`, asked: wrong };
    return { equal: true, version, asked: readBacks };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { equal: false, problem, asked: [] };
  }
}

async function keepProof(
  tx: Transaction,
  policy: Policy,
  rollout: Rollout,
  change: PhaseChange,
  finding: Extract<Finding, { equal: true }>,
  now: Date,
): Promise<void> {
  await tx.phaseChange.update({
    where: { id: change.id },
    data: {
      proof: 'proven',
      provenAt: now,
      proofAttempts: { increment: 1 },
      proofDetails: { at: now.toISOString(), version: finding.version, asked: finding.asked },
    },
  });
  const event = eventOfProof(change.kind, rollout);
  const watchSeconds = policy.rollouts[rollout.id]?.afterRollback.watchSeconds ?? 0;
  if (event)
    await applyTransition(tx, {
      rollout,
      event,
      at: now,
      watchUntil: event === 'rollback_proven' ? new Date(now.getTime() + watchSeconds * 1000) : null,
    });
  else if (rollout.escalatedAt !== null) await setEscalated(tx, rollout.id, null);
  await publishLive(tx, { topic: 'rollout', rolloutId: rollout.id });
  await appendAudit(tx, {
    actor: SYSTEM_ACTOR,
    action: 'rollout.step_proven',
    subject: `rollout:${rollout.id}`,
    reason: `${change.kind} to ${change.toPhase} read back`,
    details: { change: change.id, version: finding.version, answers: finding.asked.length },
    at: now,
  });
}

async function keepFailure(
  tx: Transaction,
  policy: Policy,
  rollout: Rollout,
  change: PhaseChange,
  finding: Extract<Finding, { equal: false }>,
  now: Date,
): Promise<void> {
  const { id: changeId, rolloutId, kind, toPhase } = change;
  const { problem, asked } = finding;
  const { proofAttempts } = await tx.phaseChange.update({
    where: { id: changeId },
    data: {
      proofAttempts: { increment: 1 },
      proofDetails: { at: now.toISOString(), problem, asked },
    },
    select: { proofAttempts: true },
  });
  const waited = { createdAt: new Date(change.createdAt), attempts: proofAttempts };
  if (change.proof === 'failed' || !needsPerson(waited, policy.proof.escalateAfterSeconds, now)) return;
  await tx.phaseChange.update({ where: { id: changeId }, data: { proof: 'failed' } });
  await setEscalated(tx, rolloutId, now);
  await publishLive(tx, { topic: 'rollout', rolloutId });
  const incident = await openIncident(tx, {
    rolloutId,
    phase: rollout.phase,
    cause: 'rollback_unproven',
    severity: 'major',
    details: { change: changeId, kind, problem },
    actor: SYSTEM_ACTOR,
    at: now,
  });
  await tellOfTrouble(tx, policy, { kind: 'rollback-unproven', change, incidentId: incident.id }, now);
  await appendAudit(tx, {
    actor: SYSTEM_ACTOR,
    action: 'rollout.step_unproven',
    subject: `rollout:${rolloutId}`,
    reason: problem,
    details: { change: changeId, kind, to: toPhase, attempts: proofAttempts },
    at: now,
  });
}

async function setEscalated(tx: Transaction, rolloutId: string, at: Date | null): Promise<void> {
  await tx.rollout.update({ where: { id: rolloutId }, data: { escalatedAt: at } });
}
