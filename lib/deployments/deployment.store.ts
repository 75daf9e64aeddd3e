import { type Database, database, type Transaction } from '#lib/database/server.ts';
import type { Deployment, DeploymentList, DeploymentQuery } from './deployment.schema.ts';

type Reader = Transaction | Database;
type Row = Awaited<ReturnType<Transaction['deployment']['findFirstOrThrow']>>;

const toDeployment = (row: Row): Deployment => ({
  id: row.id,
  number: Number(row.seq),
  rolloutId: row.rolloutId,
  name: row.name,
  version: row.version,
  url: row.url,
  deployedAt: row.deployedAt.toISOString(),
  recordedAt: row.recordedAt.toISOString(),
  actorName: row.actorName,
});

/** Keeps a deployment under its key. null: this actor sent one under that key before; nothing was written. */
export async function insertDeployment(
  tx: Transaction,
  deployment: {
    key: string;
    rolloutId: string;
    name: string;
    version: string;
    url: string | null;
    deployedAt: Date;
    actor: { id: string; name: string };
    now: Date;
  },
): Promise<Deployment | null> {
  const { key, actor, now, ...what } = deployment;
  const [row] = await tx.deployment.createManyAndReturn({
    data: [{ ...what, recordedAt: now, actorId: actor.id, actorName: actor.name, idempotencyKey: key }],
    skipDuplicates: true,
  });
  return row ? toDeployment(row) : null;
}

/** What an actor recorded under a key. Errors: Prisma's when there is none. */
export async function deploymentOfKey(reader: Reader, actorId: string, key: string): Promise<Deployment> {
  return toDeployment(
    await reader.deployment.findUniqueOrThrow({
      where: { actorId_idempotencyKey: { actorId, idempotencyKey: key } },
    }),
  );
}

/** What was recorded, newest first, page by page. Errors: the database's. */
export async function listDeployments(query: DeploymentQuery): Promise<DeploymentList> {
  const rows = await database().deployment.findMany({
    where: {
      ...(query.rollout === undefined ? {} : { rolloutId: query.rollout }),
      ...(query.before === undefined ? {} : { seq: { lt: BigInt(query.before) } }),
    },
    orderBy: { seq: 'desc' },
    take: query.limit + 1,
  });
  const deployments = rows.slice(0, query.limit).map(toDeployment);
  return {
    deployments,
    nextBefore: rows.length > query.limit ? (deployments.at(-1)?.number ?? null) : null,
  };
}

/** The newest `limit` deployments of a rollout that reached users in [from, to), oldest first. Errors: the database's. */
export async function deploymentsWithin(span: {
  rolloutId: string;
  from: Date;
  to: Date;
  limit: number;
}): Promise<Deployment[]> {
  const rows = await database().deployment.findMany({
    where: { rolloutId: span.rolloutId, deployedAt: { gte: span.from, lt: span.to } },
    orderBy: { deployedAt: 'desc' },
    take: span.limit,
  });
  return rows.toReversed().map(toDeployment);
}
