import { z } from 'zod';
import { database, type Transaction } from '#lib/database/server.ts';
import {
  type FlagSettings,
  FlagSettingsSchema,
  type PhaseChange,
  PhaseChangeSchema,
  type Rollout,
  RolloutSchema,
  TriggerSchema,
} from './rollout.schema.ts';

type Reader = Transaction | ReturnType<typeof database>;

type RolloutRow = { id: string; phase: string; version: number; phaseEnteredAt: Date };
const toRollout = (row: RolloutRow): Rollout =>
  RolloutSchema.parse({
    id: row.id,
    phase: row.phase,
    version: row.version,
    phaseEnteredAt: row.phaseEnteredAt.toISOString(),
  });

type ChangeRow = Awaited<ReturnType<Transaction['phaseChange']['findFirstOrThrow']>>;
function toChange(row: ChangeRow): PhaseChange {
  return PhaseChangeSchema.parse({
    id: row.id,
    rolloutId: row.rolloutId,
    kind: z.enum(['start', 'promotion', 'rollback']).parse(row.kind),
    fromPhase: row.fromPhase,
    toPhase: row.toPhase,
    trigger: TriggerSchema.parse(row.trigger),
    reason: row.reason,
    actorName: row.actorName,
    flagsBefore: FlagSettingsSchema.parse(row.flagsBefore),
    flagsAfter: FlagSettingsSchema.parse(row.flagsAfter),
    rolloutVersion: row.rolloutVersion,
    createdAt: row.createdAt.toISOString(),
  });
}

/** The rollout of that id, or null when it was never started. */
export async function findRollout(rolloutId: string, reader: Reader = database()): Promise<Rollout | null> {
  const row = await reader.rollout.findUnique({ where: { id: rolloutId } });
  return row ? toRollout(row) : null;
}

/** Every rollout that was started, by id. */
export async function listRollouts(reader: Reader = database()): Promise<Rollout[]> {
  const rows = await reader.rollout.findMany({ orderBy: { id: 'asc' } });
  return rows.map(toRollout);
}

/** A rollout's steps, newest first. */
export async function listPhaseChanges(
  rolloutId: string,
  limit = 200,
  reader: Reader = database(),
): Promise<PhaseChange[]> {
  const rows = await reader.phaseChange.findMany({
    where: { rolloutId },
    orderBy: [{ rolloutVersion: 'desc' }],
    take: limit,
  });
  return rows.map(toChange);
}

/** The newest step of a rollout, or null. */
export async function lastPhaseChange(
  rolloutId: string,
  reader: Reader = database(),
): Promise<PhaseChange | null> {
  return (await listPhaseChanges(rolloutId, 1, reader))[0] ?? null;
}

/**
 * Moves a rollout from one phase and version to the next: one conditional statement, so that of several callers one wins.
 * Returns the new version, or null when somebody else was faster.
 */
export async function moveRollout(
  tx: Transaction,
  move: { rolloutId: string; from: string; to: string; version: number; at: Date },
): Promise<number | null> {
  const rows = await tx.$queryRaw<{ version: number }[]>`
    UPDATE rollout
    SET phase = ${move.to}, version = version + 1, phase_entered_at = ${move.at}, updated_at = ${move.at}
    WHERE id = ${move.rolloutId} AND phase = ${move.from} AND version = ${move.version}
    RETURNING version`;
  return rows[0]?.version ?? null;
}

/** Makes the served flags of a rollout equal to what its phase asks. */
export async function setFlagStates(
  tx: Transaction,
  to: { rolloutId: string; phase: string; flags: FlagSettings; version: number; at: Date },
): Promise<void> {
  for (const [flagKey, setting] of Object.entries(to.flags)) {
    const state = {
      phase: to.phase,
      value: setting.value,
      audience: setting.audience,
      exposureRatio: setting.exposureRatio,
      version: to.version,
      updatedAt: to.at,
    };
    await tx.flagState.upsert({
      where: { flagKey_rolloutId: { flagKey, rolloutId: to.rolloutId } },
      create: { flagKey, rolloutId: to.rolloutId, ...state },
      update: state,
    });
  }
}

export type NewPhaseChange = {
  rolloutId: string;
  kind: 'start' | 'promotion' | 'rollback';
  fromPhase: string | null;
  toPhase: string;
  decisionKey: string;
  trigger: z.infer<typeof TriggerSchema>;
  reason: string;
  actor: { id: string; name: string };
  flagsBefore: FlagSettings;
  flagsAfter: FlagSettings;
  rolloutVersion: number;
  policyHash: string;
  at: Date;
};

/** Records a step. Errors: a unique violation when the same decision was recorded before. */
export async function insertPhaseChange(tx: Transaction, change: NewPhaseChange): Promise<PhaseChange> {
  const { actor, at, ...rest } = change;
  return toChange(
    await tx.phaseChange.create({
      data: { ...rest, actorId: actor.id, actorName: actor.name, createdAt: at },
    }),
  );
}
