import { z } from 'zod';
import { database, Prisma } from '#lib/database/server.ts';
import { entryOf } from './audit.store.ts';
import type { ChainedEntry } from './audit-chain.ts';
import type { AuditFilter, AuditPage, AuditQuery } from './audit-list.schema.ts';

/** How many rows a walk over the trail holds in memory at once. */
const BATCH_ROWS = 500;

const RowSchema = z.object({
  seq: z.bigint(),
  at: z.date(),
  actorId: z.string(),
  actorName: z.string(),
  action: z.string(),
  subject: z.string(),
  reason: z.string(),
  details: z.unknown(),
  prevHash: z.string(),
  hash: z.string(),
});
const COLUMNS = Prisma.sql`seq, at, actor_id AS "actorId", actor_name AS "actorName", action, subject, reason, details,
  prev_hash AS "prevHash", hash`;

/** One page of the trail, newest first, and every action there is. Errors: the database's. */
export async function listAudit(query: AuditQuery): Promise<AuditPage> {
  const { before, limit, ...filter } = query;
  const place = before === undefined ? Prisma.empty : Prisma.sql`AND seq < ${before}`;
  const [rows, actions] = await Promise.all([
    select(Prisma.sql`${conditionOf(filter)} ${place} ORDER BY seq DESC LIMIT ${limit + 1}`),
    everyAction(),
  ]);
  const shown = rows.slice(0, limit);
  return {
    rows: shown,
    nextBefore: rows.length > limit ? (shown.at(-1)?.seq ?? null) : null,
    actions,
  };
}

/** Every action there is, in order: one step of an index for each, however long the trail. */
async function everyAction(): Promise<string[]> {
  const rows = await database().$queryRaw<{ action: string }[]>`
    WITH RECURSIVE step AS (
      (SELECT action FROM audit_entry ORDER BY action LIMIT 1)
      UNION ALL
      SELECT (SELECT action FROM audit_entry WHERE action > step.action ORDER BY action LIMIT 1)
      FROM step WHERE step.action IS NOT NULL
    )
    SELECT action FROM step WHERE action IS NOT NULL`;
  return rows.map(({ action }) => action);
}

/**
 * Walks along the trail, oldest first, a batch at a time, up to the entry numbered `upTo`; between batches everything else has
 * its turn. Errors: the database's.
 */
export async function* walkAudit(upTo: number, filter: AuditFilter = {}): AsyncGenerator<ChainedEntry[]> {
  // From the very lowest number: an entry before the first is forged, and must be met.
  let from = Prisma.sql`true`;
  for (;;) {
    const rows = await select(
      Prisma.sql`${conditionOf(filter)} AND ${from} AND seq <= ${upTo} ORDER BY seq LIMIT ${BATCH_ROWS}`,
    );
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (!last || rows.length < BATCH_ROWS) return;
    from = Prisma.sql`seq > ${last.seq}`;
  }
}

/** How many entries there are, counted by the number of the newest. */
export async function newestAuditSeq(): Promise<number> {
  const head = await database().auditEntry.findFirst({ orderBy: { seq: 'desc' }, select: { seq: true } });
  return Number(head?.seq ?? 0n);
}

async function select(condition: Prisma.Sql): Promise<ChainedEntry[]> {
  const rows = await database().$queryRaw`SELECT ${COLUMNS} FROM audit_entry WHERE ${condition}`;
  return RowSchema.array().parse(rows).map(entryOf);
}

function conditionOf({ subject, action, actor, from, to, text }: AuditFilter): Prisma.Sql {
  const parts = [
    ...(subject === undefined ? [] : [oneOrKind(Prisma.sql`subject`, subject, ':')]),
    ...(action === undefined ? [] : [oneOrKind(Prisma.sql`action`, action, '.')]),
    ...(actor === undefined
      ? []
      : [Prisma.sql`(actor_id = ${actor} OR actor_name ILIKE ${containing(actor)})`]),
    ...(from === undefined ? [] : [Prisma.sql`at >= ${from}::timestamptz`]),
    ...(to === undefined ? [] : [Prisma.sql`at < ${to}::timestamptz`]),
    ...(text === undefined
      ? []
      : [Prisma.sql`concat_ws(' ', reason, subject, action, details::text) ILIKE ${containing(text)}`]),
  ];
  return parts.length === 0 ? Prisma.sql`true` : Prisma.join(parts, ' AND ');
}

/** A name as it is, or all that begin with it where it ends with the mark of a kind. */
function oneOrKind(column: Prisma.Sql, name: string, mark: string): Prisma.Sql {
  return name.endsWith(mark) ? Prisma.sql`starts_with(${column}, ${name})` : Prisma.sql`${column} = ${name}`;
}

/** A pattern that means the very signs of `text`. */
const containing = (text: string) => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
