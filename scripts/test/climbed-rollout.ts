import { database } from '#lib/database/server.ts';
import { findPhase, type Phase } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { ensureRollouts, findRollout } from '#lib/rollouts/server.ts';
import { testDatabase } from './database.ts';

export const NOW = new Date('2026-11-24T03:00:00.000Z');
export const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
export const WINDOW = new Date('2026-11-24T02:45:00.000Z');

/** A database of its own in which `autosave` has climbed to C. */
export async function climbed(): Promise<{ url: string }> {
  const made = await testDatabase();
  await ensureRollouts(NOW, {
    autosave: (['A', 'B', 'C'] as const).map((phase, i) => ({
      phase,
      kind: i === 0 ? ('start' as const) : ('promotion' as const),
      at: new Date(NOW.getTime() - (3 - i) * 86_400_000),
      reason: 'test history',
    })),
  });
  return made;
}

/** A verdict of C that requires a rollback, or a revision of one that no longer does. */
export async function storeVerdict(to: {
  required: boolean;
  windowStart?: Date;
  revision?: number;
}): Promise<string> {
  const { windowStart = WINDOW, revision = 1, required } = to;
  const place = { rolloutId: 'autosave', phase: 'C', windowStart };
  await database().verdict.updateMany({ where: place, data: { isLatest: false } });
  const { id } = await database().verdict.create({
    data: {
      ...place,
      windowEnd: new Date(windowStart.getTime() + 900_000),
      revision,
      verdict: required ? 'violation' : 'pass',
      sloMet: !required,
      breach: required,
      rollbackRequired: required,
      rollbackTo: required ? 'B' : null,
      notifyLevel: required ? 'critical' : 'none',
      retryableFailures: 0n,
      policyHash: 'p',
      inputHash: `${revision}`,
      metrics: [],
    },
  });
  return id;
}

/** What a decision hands to `demandRollback`, for the phase as it is or with other words of the policy. */
export async function demandInput(change: Partial<Phase> = {}, windowStart: Date = WINDOW, now: Date = NOW) {
  const loaded = await loadPolicy();
  const rollout = await findRollout('autosave');
  const phase = rollout && findPhase(loaded.policy, 'autosave', rollout.phase);
  if (!rollout || !phase) throw new Error('autosave is not there');
  const verdict = await database().verdict.findFirst({ where: { windowStart, isLatest: true } });
  return {
    loaded,
    rollout,
    phase: { ...phase, ...change },
    demand: {
      cause: 'verdict' as const,
      toPhase: 'B',
      windowStart: windowStart.toISOString(),
      verdictId: verdict?.id ?? null,
      metrics: ['autosave_p95'],
    },
    evidence: { readings: [] },
    now,
  };
}

export const AUTOMATIC = { rollback: { mode: 'automatic' as const, decideWithinSeconds: 900 } };
export const ON_CALL = { id: 'user:1', name: 'On-call' };
export const confirm = {
  rolloutId: 'autosave',
  fromPhase: 'C',
  reason: 'saves are slow',
  trigger: 'button' as const,
  actor: ON_CALL,
  now: later(60),
};
