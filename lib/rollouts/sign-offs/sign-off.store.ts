import { database, type Transaction } from '#lib/database/server.ts';
import type { Rollout } from '../rollout.schema.ts';
import { type PanelSignOff, PanelSignOffSchema } from './sign-off.schema.ts';

type Reader = Transaction | ReturnType<typeof database>;
type Row = Awaited<ReturnType<Transaction['panelSignOff']['findFirstOrThrow']>>;

function toSignOff({ givenAt, endedAt, ...row }: Row): PanelSignOff {
  return PanelSignOffSchema.parse({
    ...row,
    givenAt: givenAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  });
}

/** The signatures under the panels in this stay in the phase, oldest first; those that ended with why. At most 200. */
export async function listSignOffs(
  rollout: Pick<Rollout, 'id' | 'version'>,
  reader: Reader = database(),
): Promise<PanelSignOff[]> {
  const rows = await reader.panelSignOff.findMany({
    where: { rolloutId: rollout.id, rolloutVersion: rollout.version },
    orderBy: [{ givenAt: 'asc' }, { id: 'asc' }],
    take: 200,
  });
  return rows.map(toSignOff);
}

/** A person's signature under a panel that has not ended, of this stay in the phase; or null. */
export async function standingSignOff(
  tx: Transaction,
  of: { rolloutId: string; rolloutVersion: number; panel: string; personId: string },
): Promise<PanelSignOff | null> {
  const row = await tx.panelSignOff.findFirst({ where: { ...of, endedAt: null } });
  return row ? toSignOff(row) : null;
}

/** The signature of that id, or null. */
export async function findSignOff(id: string, tx: Transaction): Promise<PanelSignOff | null> {
  const row = await tx.panelSignOff.findUnique({ where: { id } });
  return row ? toSignOff(row) : null;
}

export type NewSignOff = Omit<
  PanelSignOff,
  'id' | 'personId' | 'personName' | 'givenAt' | 'endedAt' | 'endReason'
> & { person: { id: string; name: string }; givenAt: Date };

/** Records a signature. Errors: a unique violation while another of the same person under the panel stands. */
export async function insertSignOff(tx: Transaction, signOff: NewSignOff): Promise<PanelSignOff> {
  const { person, ...rest } = signOff;
  return toSignOff(
    await tx.panelSignOff.create({ data: { ...rest, personId: person.id, personName: person.name } }),
  );
}

/** Ends a signature; one that has ended stays as it ended. Returns it as it is now. */
export async function endSignOff(
  tx: Transaction,
  end: { id: string; reason: 'withdrawn' | 'policy_changed'; at: Date },
): Promise<PanelSignOff> {
  await tx.panelSignOff.updateMany({
    where: { id: end.id, endedAt: null },
    data: { endedAt: end.at, endReason: end.reason },
  });
  return toSignOff(await tx.panelSignOff.findUniqueOrThrow({ where: { id: end.id } }));
}

/** Whether a verdict speaks of this stay of the rollout in its phase, and whether there is any such verdict. */
export async function verdictsOfStay(
  tx: Transaction,
  rollout: Rollout,
  verdictId: string | null,
): Promise<{ any: boolean; shown: boolean }> {
  const ofStay = {
    rolloutId: rollout.id,
    phase: rollout.phase,
    windowEnd: { gt: new Date(rollout.phaseEnteredAt) },
  };
  return {
    any: (await tx.verdict.findFirst({ where: ofStay, select: { id: true } })) !== null,
    shown:
      verdictId !== null &&
      (await tx.verdict.findFirst({ where: { ...ofStay, id: verdictId }, select: { id: true } })) !== null,
  };
}
