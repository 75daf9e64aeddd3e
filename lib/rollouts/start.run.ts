import { inTransaction, publishLive, type Transaction } from '#lib/database/server.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import { type LoadedPolicy, nothingIsOn } from '#lib/policy/index.ts';
import { loadPolicy, recordPolicyVersion } from '#lib/policy/server.ts';
import { flagSettingsOf, servedSettings } from './flag-settings.ts';
import type { Proof } from './rollout.schema.ts';
import { insertPhaseChange, listRollouts, setFlagStates } from './rollout.store.ts';
import { haltCovered } from './stops/halt-rollouts.store.ts';

const SETUP_ACTOR = { id: 'system:setup', name: 'Phasegate' };

/** A step of a sample history; oldest first, the first one being the start. */
export type HistoryStep = {
  phase: string;
  kind: 'start' | 'promotion' | 'rollback';
  at: Date;
  reason: string;
};

/**
 * Sets up every rollout of the policy that does not exist yet. One whose first phase asks for the defaults only runs from
 * now on; any other is `preparing` and serves the defaults until a person starts it (PHA-1). Safe to call at every start
 * and from several processes. `histories` lets the demo begin with a past; a rollout that exists keeps its own.
 */
export async function ensureRollouts(
  now: Date,
  histories: Record<string, readonly HistoryStep[]> = {},
): Promise<string[]> {
  const loaded = await loadPolicy();
  return inTransaction(async (tx) => {
    const started = new Set((await listRollouts(tx)).map((rollout) => rollout.id));
    const fresh = Object.keys(loaded.policy.rollouts).filter((id) => !started.has(id));
    for (const rolloutId of fresh) {
      const first = loaded.policy.rollouts[rolloutId]?.phases[0];
      if (!first) continue;
      const history = histories[rolloutId];
      if (history) await startOne(tx, loaded, rolloutId, history, 'proven');
      else if (nothingIsOn(loaded.policy, rolloutId, first.id)) {
        const start: HistoryStep = { phase: first.id, kind: 'start', at: now, reason: 'first start' };
        await startOne(tx, loaded, rolloutId, [start], 'pending');
      } else await prepareOne(tx, loaded, rolloutId, first.id, now);
    }
    // A kill switch that is pressed for everything covers what is added later, too.
    if (fresh.length > 0) await haltCovered(tx, now);
    return fresh;
  });
}

async function prepareOne(
  tx: Transaction,
  loaded: LoadedPolicy,
  rolloutId: string,
  phase: string,
  at: Date,
): Promise<void> {
  const inserted = await tx.$executeRaw`
    INSERT INTO rollout (id, phase, state, version, phase_entered_at, state_entered_at, created_at, updated_at)
    VALUES (${rolloutId}, ${phase}, 'preparing', 1, ${at}, ${at}, ${at}, ${at})
    ON CONFLICT (id) DO NOTHING`;
  if (inserted === 0) return;
  const place = { id: rolloutId, phase, state: 'preparing', resumeState: null } as const;
  const flags = servedSettings(loaded.policy, place);
  await setFlagStates(tx, { rolloutId, phase, flags, version: 1, at });
  await publishLive(tx, { topic: 'rollout', rolloutId });
  await appendAudit(tx, {
    actor: SETUP_ACTOR,
    action: 'rollout.prepared',
    subject: `rollout:${rolloutId}`,
    reason: 'in the policy, waits to be started',
    details: { phase, flags },
    at,
  });
}

async function startOne(
  tx: Transaction,
  loaded: LoadedPolicy,
  rolloutId: string,
  history: readonly HistoryStep[],
  proof: Proof,
): Promise<void> {
  const last = history.at(-1);
  if (!last) throw new RangeError(`an empty history for ${rolloutId}`);
  const inserted = await tx.$executeRaw`
    INSERT INTO rollout (id, phase, version, phase_entered_at, state_entered_at, created_at, updated_at)
    VALUES (${rolloutId}, ${last.phase}, ${history.length}, ${last.at}, ${last.at}, ${history[0]?.at ?? last.at},
            ${last.at})
    ON CONFLICT (id) DO NOTHING`;
  if (inserted === 0) return;
  await recordPolicyVersion(tx, loaded, 'governance files');
  for (const [index, step] of history.entries()) {
    const before = history[index - 1];
    await insertPhaseChange(tx, {
      rolloutId,
      kind: step.kind,
      fromPhase: before?.phase ?? null,
      toPhase: step.phase,
      decisionKey: `start:${rolloutId}:${index}`,
      trigger: 'setup',
      reason: step.reason,
      actor: SETUP_ACTOR,
      flagsBefore: before ? flagSettingsOf(loaded.policy, rolloutId, before.phase) : {},
      flagsAfter: flagSettingsOf(loaded.policy, rolloutId, step.phase),
      rolloutVersion: index + 1,
      policyHash: loaded.hash,
      proof,
      ...(proof === 'proven' ? { provenAt: step.at } : {}),
      at: step.at,
    });
  }
  await setFlagStates(tx, {
    rolloutId,
    phase: last.phase,
    flags: flagSettingsOf(loaded.policy, rolloutId, last.phase),
    version: history.length,
    at: last.at,
  });
  await publishLive(tx, { topic: 'rollout', rolloutId });
  await appendAudit(tx, {
    actor: SETUP_ACTOR,
    action: 'rollout.started',
    subject: `rollout:${rolloutId}`,
    reason: last.reason,
    details: { phase: last.phase, steps: history.length },
    at: last.at,
  });
}
