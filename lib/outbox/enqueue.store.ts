import { publishLive, type Transaction } from '#lib/database/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import { LEVEL_OF, type MessageCause } from './message.schema.ts';
import { routesOf } from './routes.ts';

export type NewMessage = {
  /** Derived from what caused it, never from an attempt or the clock: a second cause of the same is the same message. */
  dedupKey: string;
  cause: MessageCause;
  rolloutId: string | null;
  phase: string | null;
  incidentId?: string | null;
  /**
   * Of the incident it belongs to: it is told where that is told, the one of a major incident where its alert went, that of a
   * minor one, which called nobody, no louder than a warning (REP-1). Left out: as its kind says.
   */
  severity?: 'major' | 'minor' | undefined;
  dryRun?: boolean;
  at: Date;
};

/**
 * Writes a message and its deliveries in the transaction of what caused it (REP-3): both are kept or neither is. What has
 * been written before under the same key stays as it is. Returns the message's id, or null when it was there already.
 */
export async function enqueueMessage(
  tx: Transaction,
  policy: Policy,
  message: NewMessage,
): Promise<string | null> {
  const { kind, ...refs } = message.cause;
  const { severity } = message;
  const level = severity === 'minor' && LEVEL_OF[kind] === 'critical' ? 'warning' : LEVEL_OF[kind];
  const created = await tx.message.createManyAndReturn({
    data: {
      dedupKey: message.dedupKey,
      kind,
      level,
      rolloutId: message.rolloutId,
      phase: message.phase,
      incidentId: message.incidentId ?? null,
      values: refs,
      dryRun: message.dryRun ?? false,
      createdAt: message.at,
    },
    skipDuplicates: true,
    select: { id: true },
  });
  const id = created[0]?.id;
  if (id === undefined) return null;
  const { rolloutId, phase } = message;
  const toldAs = severity === 'major' ? 'critical' : level;
  const routes = routesOf(policy, { kind, rolloutId, phase, level: toldAs });
  await tx.delivery.createMany({
    data: routes.map(({ channel, sink }, position) => ({
      messageId: id,
      position,
      channel,
      sink,
      nextAt: message.at,
      createdAt: message.at,
    })),
  });
  await publishLive(tx, { topic: 'delivery' });
  return id;
}
