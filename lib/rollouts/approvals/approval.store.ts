import type { Transaction } from '#lib/database/server.ts';
import { database } from '#lib/database/server.ts';
import type { Rollout, Trigger } from '../rollout.schema.ts';
import { type Approval, type ApprovalChoice, type ApprovalEnd, ApprovalSchema } from './approval.schema.ts';

type Reader = Transaction | ReturnType<typeof database>;
type Row = Awaited<ReturnType<Transaction['rolloutApproval']['findFirstOrThrow']>>;

function toApproval({ endedBy: _, givenAt, expiresAt, endedAt, ...row }: Row): Approval {
  return ApprovalSchema.parse({
    ...row,
    givenAt: givenAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
  });
}

/** The votes of this stay in the phase, oldest first; those that ended with why. At most 200. */
export async function listApprovals(
  rollout: Pick<Rollout, 'id' | 'version'>,
  reader: Reader = database(),
): Promise<Approval[]> {
  const rows = await reader.rolloutApproval.findMany({
    where: { rolloutId: rollout.id, rolloutVersion: rollout.version },
    orderBy: [{ givenAt: 'asc' }, { id: 'asc' }],
    take: 200,
  });
  return rows.map(toApproval);
}

/** The vote of that id, or null. */
export async function findApproval(id: string, reader: Reader): Promise<Approval | null> {
  const row = await reader.rolloutApproval.findUnique({ where: { id } });
  return row ? toApproval(row) : null;
}

export type NewApproval = {
  rolloutId: string;
  phase: string;
  rolloutVersion: number;
  policyHash: string;
  evidenceHash: string;
  choice: ApprovalChoice;
  role: string;
  comment: string;
  minutesUrl: string | null;
  person: { id: string; name: string };
  trigger: Trigger;
  givenAt: Date;
  expiresAt: Date | null;
};

/** Records a vote. Errors: a unique violation while another of the same person is in force. */
export async function insertApproval(tx: Transaction, approval: NewApproval): Promise<Approval> {
  const { person, ...rest } = approval;
  return toApproval(
    await tx.rolloutApproval.create({ data: { ...rest, personId: person.id, personName: person.name } }),
  );
}

/** Ends a vote; one that has ended stays as it ended. Returns it as it is now. */
export async function endApproval(
  tx: Transaction,
  end: { id: string; by: string; reason: ApprovalEnd; at: Date },
): Promise<Approval> {
  await tx.rolloutApproval.updateMany({
    where: { id: end.id, endedAt: null },
    data: { endedAt: end.at, endedBy: end.by, endReason: end.reason },
  });
  return toApproval(await tx.rolloutApproval.findUniqueOrThrow({ where: { id: end.id } }));
}
