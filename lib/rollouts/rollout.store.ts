import { database, type Transaction } from '#lib/database/server.ts';
import {
  type FlagSettings,
  FlagSettingsSchema,
  type PhaseChange,
  type PhaseChangeKind,
  PhaseChangeSchema,
  type Proof,
  type Rollout,
  RolloutSchema,
  type Trigger,
} from './rollout.schema.ts';

type Reader = Transaction | ReturnType<typeof database>;

type RolloutRow = Awaited<ReturnType<Transaction['rollout']['findFirstOrThrow']>>;
export const toRollout = (row: RolloutRow): Rollout =>
  RolloutSchema.parse({
    id: row.id,
    phase: row.phase,
    state: row.state,
    resumeState: row.resumeState,
    version: row.version,
    revision: row.revision,
    phaseEnteredAt: row.phaseEnteredAt.toISOString(),
    stateEnteredAt: row.stateEnteredAt.toISOString(),
    watchUntil: row.watchUntil?.toISOString() ?? null,
    nextCanaryAt: row.nextCanaryAt?.toISOString() ?? null,
    escalatedAt: row.escalatedAt?.toISOString() ?? null,
  });

type ChangeRow = Awaited<ReturnType<Transaction['phaseChange']['findFirstOrThrow']>>;
function toChange(row: ChangeRow): PhaseChange {
  return PhaseChangeSchema.parse({
    id: row.id,
    rolloutId: row.rolloutId,
    kind: row.kind,
    fromPhase: row.fromPhase,
    toPhase: row.toPhase,
    trigger: row.trigger,
    reason: row.reason,
    actorName: row.actorName,
    flagsBefore: FlagSettingsSchema.parse(row.flagsBefore),
    flagsAfter: FlagSettingsSchema.parse(row.flagsAfter),
    rolloutVersion: row.rolloutVersion,
    breakGlass: row.breakGlass,
    proof: row.proof,
    provenAt: row.provenAt?.toISOString() ?? null,
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
    // A completion has the version of the step before it: it serves nothing new.
    orderBy: [{ rolloutVersion: 'desc' }, { createdAt: 'desc' }],
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

/** The step that a decision led to, or null: the decision key is unique. */
export async function findChangeOfDecision(
  decisionKey: string,
  reader: Reader = database(),
): Promise<PhaseChange | null> {
  const row = await reader.phaseChange.findUnique({ where: { decisionKey } });
  return row ? toChange(row) : null;
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
  kind: PhaseChangeKind;
  fromPhase: string | null;
  toPhase: string;
  decisionKey: string;
  trigger: Trigger;
  reason: string;
  actor: { id: string; name: string };
  flagsBefore: FlagSettings;
  flagsAfter: FlagSettings;
  rolloutVersion: number;
  policyHash: string;
  verdictId?: string | null;
  evidenceHash?: string | null;
  breakGlass?: boolean;
  /** Pending unless there is nothing to read back. */
  proof?: Proof;
  provenAt?: Date;
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
