import { z } from 'zod';
import { database, type Transaction } from '#lib/database/server.ts';
import type { LoadedPolicy } from '#lib/policy/index.ts';
import { STOP_CAUSES, type Stop, type StopKind, StopSchema } from './stop.schema.ts';

type Reader = Transaction | ReturnType<typeof database>;

const WITH_RELEASES = { releases: { orderBy: { givenAt: 'asc' } } } as const;
const MOST_HISTORY = 100;
const DetailsSchema = z.looseObject({
  rule: z.string().optional(),
  outside: z.string().optional(),
  condition: z.string().optional(),
});

/** What a condition found; orders from before that was kept say it only in their reason. */
function causeOf(details: z.infer<typeof DetailsSchema>): Stop['cause'] {
  const { condition, outside, rule: _, ...rest } = details;
  const code = STOP_CAUSES.find((known) => known === (outside === undefined ? condition : 'outside'));
  if (code === undefined) return null;
  const values = Object.entries({ ...rest, ...(outside === undefined ? {} : { source: outside }) }).flatMap(
    ([name, value]) => (typeof value === 'string' || typeof value === 'number' ? [[name, value]] : []),
  );
  return { code, values: Object.fromEntries(values) };
}

type Row = Awaited<ReturnType<Transaction['stopOrder']['findFirstOrThrow']>> & {
  releases: { personId: string; personName: string; reason: string; givenAt: Date }[];
};

/** What is needed to show a stop: how many must agree to end it, the names of the rules, and the time. */
export type StopContext = { loaded: LoadedPolicy; now: Date };

function toStop(row: Row, { loaded, now }: StopContext): Stop {
  const details = DetailsSchema.parse(row.details);
  const { rule } = details;
  const label = loaded.killSwitch.rules.find(({ id }) => id === rule)?.label ?? null;
  return StopSchema.parse({
    id: row.id,
    epoch: Number(row.epoch),
    kind: row.kind,
    scope: row.scope,
    inForce: row.endedAt === null && (row.endsAt === null || row.endsAt > now),
    reason: row.reason,
    trigger: row.trigger,
    personId: row.personId,
    personName: row.personName,
    rule: rule === undefined ? null : { id: rule, label },
    cause: causeOf(details),
    orderedAt: row.orderedAt.toISOString(),
    endsAt: row.endsAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
    endedBy: row.endedBy,
    warnedAt: row.warnedAt?.toISOString() ?? null,
    releases: row.releases.map(({ personId, personName, reason, givenAt }) => ({
      personId,
      personName,
      reason,
      givenAt: givenAt.toISOString(),
    })),
    releasesNeeded: row.kind === 'kill' ? loaded.policy.signatures.rearmSigners : 1,
  });
}

/** Every stop in force, newest first. */
export async function stopsInForce(context: StopContext, reader: Reader = database()): Promise<Stop[]> {
  const rows = await reader.stopOrder.findMany({
    where: { endedAt: null, OR: [{ endsAt: null }, { endsAt: { gt: context.now } }] },
    orderBy: { epoch: 'desc' },
    include: WITH_RELEASES,
  });
  return rows.map((row) => toStop(row, context));
}

/** The newest stops that have ended. */
export async function endedStops(context: StopContext, reader: Reader = database()): Promise<Stop[]> {
  const rows = await reader.stopOrder.findMany({
    where: { OR: [{ endedAt: { not: null } }, { endsAt: { lte: context.now } }] },
    orderBy: { epoch: 'desc' },
    take: MOST_HISTORY,
    include: WITH_RELEASES,
  });
  return rows.map((row) => toStop(row, context));
}

/** The stop of that id, or null. */
export async function findStop(id: string, context: StopContext, reader: Reader): Promise<Stop | null> {
  const row = await reader.stopOrder.findUnique({ where: { id }, include: WITH_RELEASES });
  return row && toStop(row, context);
}

/** The order of this kind and scope that nobody has ended, or null. Its time may be over. */
export async function openOrder(
  tx: Transaction,
  { kind, scope }: { kind: StopKind; scope: string },
): Promise<{ id: string; endsAt: Date | null } | null> {
  return tx.stopOrder.findFirst({
    where: { kind, scope, endedAt: null },
    select: { id: true, endsAt: true },
  });
}

export type NewStop = {
  kind: StopKind;
  scope: string;
  reason: string;
  trigger: string;
  person: { id: string; name: string };
  endsAt: Date | null;
  details: Record<string, string | number>;
  at: Date;
};

/** Writes an order. Errors: a unique violation while one of the same kind and scope is open. */
export async function insertStop(tx: Transaction, stop: NewStop, context: StopContext): Promise<Stop> {
  const { person, at, ...rest } = stop;
  const row = await tx.stopOrder.create({
    data: { ...rest, personId: person.id, personName: person.name, orderedAt: at },
    include: WITH_RELEASES,
  });
  return toStop(row, context);
}

/** Lets an order last longer: until `endsAt`, null: until somebody ends it. */
export async function prolongStop(tx: Transaction, id: string, endsAt: Date | null): Promise<void> {
  await tx.stopOrder.update({ where: { id }, data: { endsAt } });
}

/** Ends an order. `by`: a person's id, or `time`. */
export async function endStop(tx: Transaction, id: string, by: string, at: Date): Promise<void> {
  await tx.stopOrder.update({ where: { id }, data: { endedAt: at, endedBy: by } });
}

/** A person's word for ending a stop; the same person's second one changes nothing. */
export async function insertRelease(
  tx: Transaction,
  release: { stopId: string; person: { id: string; name: string }; reason: string; at: Date },
): Promise<void> {
  const { stopId, person, reason, at } = release;
  await tx.stopRelease.createMany({
    data: [{ stopId, personId: person.id, personName: person.name, reason, givenAt: at }],
    skipDuplicates: true,
  });
}

/** Orders whose time is over and that nobody has put an end to on record. */
export async function expiredStops(
  reader: Reader,
  now: Date,
): Promise<{ id: string; kind: string; scope: string; endsAt: Date | null }[]> {
  return reader.stopOrder.findMany({
    where: { endedAt: null, endsAt: { lte: now } },
    select: { id: true, kind: true, scope: true, endsAt: true },
    orderBy: { epoch: 'asc' },
  });
}
