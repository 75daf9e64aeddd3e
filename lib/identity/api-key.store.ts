import { z } from 'zod';
import { env } from '#lib/config/server.ts';
import { database, inTransaction, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import type { Actor } from './actor.ts';
import { apiKeyHash, isApiKeyShaped, newApiKey } from './api-key-format.ts';
import { isDemoEmail } from './demo.ts';
import type { ApiKeySummary, CreateApiKey, CreatePersonalKey } from './keys.schema.ts';
import { actorOfMachineKey } from './machine-key.run.ts';
import type { HeaderReader } from './request-origin.ts';
import { type ApiScope, ApiScopeSchema, PERSONAL_SCOPE } from './scopes.ts';

/** Last use is kept to the minute, so that a busy key does not write a row per request. */
const LAST_USED_STEP_MS = 60_000;
const MS_PER_DAY = 86_400_000;

/** The key a request presents, or null. A bearer token that is not one of ours is presented all the same. */
export function apiKeyOfHeaders(headers: HeaderReader): string | null {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  return bearer ?? headers.get('x-api-key');
}

/** Who a key speaks for, or null when it does not count now. */
export async function authenticateKey(key: string, now: Date): Promise<Actor | null> {
  if (!isApiKeyShaped(key)) return null;
  const keySha256 = apiKeyHash(key);
  const row = await database().apiKey.findUnique({ where: { keySha256 } });
  return row ? await actorOfRow(row, now) : actorOfMachineKey(keySha256);
}

/** Who the key of that id speaks for, or null when it does not count now; for proofs that were made from the key. */
export async function actorOfKeyId(id: string, now: Date): Promise<Actor | null> {
  const row = await database().apiKey.findUnique({ where: { id } });
  return row ? await actorOfRow(row, now) : null;
}

async function actorOfRow(row: ApiKeyRow, now: Date): Promise<Actor | null> {
  if (row.revokedAt || (row.expiresAt && row.expiresAt <= now)) return null;
  if (await ownerIsDisabled(row.createdBy)) return null;
  await database().apiKey.updateMany({
    where: {
      id: row.id,
      OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: new Date(now.getTime() - LAST_USED_STEP_MS) } }],
    },
    data: { lastUsedAt: now },
  });
  return {
    kind: 'api_key',
    id: row.id,
    name: row.name,
    roles: [],
    scopes: row.scopes.flatMap((scope) => ApiScopeSchema.safeParse(scope).data ?? []),
  };
}

/** A key ends with its owner: whoever made it and was disabled can no longer act through it. */
async function ownerIsDisabled(createdBy: string): Promise<boolean> {
  if (!z.uuid().safeParse(createdBy).success) return false;
  const owner = await database().user.findUnique({ where: { id: createdBy }, select: { disabledAt: true } });
  return owner?.disabledAt != null;
}

/**
 * The person a personal key acts as, with the roles they hold now; null when the key is a program's, does not count at
 * `now`, or its owner is gone, was disabled, or belongs to a demo and this is none. Errors: the database's.
 */
export async function personOfKey(keyId: string, now: Date): Promise<Actor | null> {
  const key = await database().apiKey.findFirst({
    where: { id: keyId, scopes: { has: PERSONAL_SCOPE }, revokedAt: null, expiresAt: { gt: now } },
    select: { createdBy: true },
  });
  if (!key || !z.uuid().safeParse(key.createdBy).success) return null;
  const owner = await database().user.findFirst({
    where: { id: key.createdBy, disabledAt: null },
    include: { roles: true },
  });
  if (!owner || (isDemoEmail(owner.email) && env().mode !== 'demo')) return null;
  const roles = owner.roles.map((held) => held.role).sort();
  return { kind: 'user', id: owner.id, name: owner.name, roles, scopes: [] };
}

type NewKey = { name: string; scopes: ApiScope[]; expiresInDays?: number | undefined };
type CreatedKey = { key: string; summary: ApiKeySummary };

/** Makes a key for a program, on behalf of `actor`. The key itself is in the answer and nowhere else. */
export async function createApiKey(input: CreateApiKey, actor: Actor, now: Date): Promise<CreatedKey> {
  return await insertKey(input, actor, now);
}

/**
 * Makes a key with which `actor` acts as themselves through the API; it ends when the policy says, at the latest.
 * Errors: FORBIDDEN unless a person asks; VALIDATION for a longer life than the policy allows.
 */
export async function createPersonalKey(
  input: CreatePersonalKey,
  actor: Actor,
  policy: Pick<Policy, 'personalKeys'>,
  now: Date,
): Promise<CreatedKey> {
  if (actor.kind !== 'user') {
    throw new AppError('FORBIDDEN', 'Only a person can have a key that acts as them.', {
      reason: 'not_a_person',
    });
  }
  const longestDays = longestLifeDays(policy);
  const expiresInDays = input.expiresInDays ?? longestDays;
  if (expiresInDays > longestDays) {
    throw new AppError('VALIDATION', `A personal key lives ${longestDays} days at the longest.`, {
      reason: 'lives_too_long',
      issues: [{ field: 'expiresInDays', message: `at most ${longestDays}` }],
    });
  }
  return await insertKey({ name: input.name, scopes: [PERSONAL_SCOPE], expiresInDays }, actor, now);
}

/** How many whole days a personal key may live; at least one. */
export function longestLifeDays(policy: Pick<Policy, 'personalKeys'>): number {
  return Math.max(1, Math.floor((policy.personalKeys.expireWithinSeconds * 1000) / MS_PER_DAY));
}

async function insertKey(input: NewKey, actor: Actor, now: Date): Promise<CreatedKey> {
  const made = newApiKey(input.scopes);
  return await inTransaction(async (tx) => {
    const row = await tx.apiKey.create({
      data: {
        name: input.name,
        prefix: made.prefix,
        keySha256: made.sha256,
        scopes: input.scopes,
        createdBy: actor.id,
        createdAt: now,
        expiresAt:
          input.expiresInDays === undefined
            ? null
            : new Date(now.getTime() + input.expiresInDays * MS_PER_DAY),
      },
    });
    await appendAudit(tx, {
      actor,
      action: 'api_key.created',
      subject: `api_key:${row.id}`,
      reason: '',
      details: { name: row.name, prefix: row.prefix, scopes: row.scopes },
      at: now,
    });
    return { key: made.key, summary: summaryOf(row, actor.name) };
  });
}

/**
 * Ends a key for good. Errors: NOT_FOUND, also for somebody else's key where only those `ownedBy` a person are theirs
 * to end; CONFLICT when it was revoked before.
 */
export async function revokeApiKey(
  id: string,
  actor: Actor,
  now: Date,
  { ownedBy }: { ownedBy?: string } = {},
): Promise<void> {
  const which = { id, ...(ownedBy === undefined ? {} : personalKeysOf(ownedBy)) };
  await inTransaction(async (tx) => {
    const { count } = await tx.apiKey.updateMany({
      where: { ...which, revokedAt: null },
      data: { revokedAt: now },
    });
    if (count === 0) {
      const known = await tx.apiKey.findFirst({ where: which, select: { id: true } });
      throw known
        ? new AppError('CONFLICT', 'This key was revoked before.', { reason: 'already_revoked' })
        : new AppError('NOT_FOUND', 'There is no such key.');
    }
    await appendAudit(tx, {
      actor,
      action: 'api_key.revoked',
      subject: `api_key:${id}`,
      reason: '',
      details: {},
      at: now,
    });
  });
}

/** A person's own keys, newest first, ended ones included. */
export async function listPersonalKeys(person: Actor): Promise<ApiKeySummary[]> {
  const rows = await database().apiKey.findMany({
    where: personalKeysOf(person.id),
    orderBy: { id: 'desc' },
  });
  return rows.map((row) => summaryOf(row, person.name));
}

/** Ends every personal key of somebody, inside the transaction of what made it necessary. Returns how many. */
export async function revokePersonalKeysOf(tx: Transaction, userId: string, now: Date): Promise<number> {
  const { count } = await tx.apiKey.updateMany({
    where: { ...personalKeysOf(userId), revokedAt: null, expiresAt: { gt: now } },
    data: { revokedAt: now },
  });
  return count;
}

function personalKeysOf(userId: string) {
  return { createdBy: userId, scopes: { has: PERSONAL_SCOPE } };
}

/** Keys, newest first, without anything that could be used as one: all, or `take` of those made before `beforeId`. */
export async function listApiKeys(
  page: { beforeId?: string | undefined; take?: number } = {},
): Promise<ApiKeySummary[]> {
  const rows = await database().apiKey.findMany({
    orderBy: { id: 'desc' },
    ...(page.beforeId === undefined ? {} : { where: { id: { lt: page.beforeId } } }),
    ...(page.take === undefined ? {} : { take: page.take }),
  });
  const owners = rows.map((row) => row.createdBy).filter((id) => z.uuid().safeParse(id).success);
  const people = await database().user.findMany({
    where: { id: { in: [...new Set(owners)] } },
    select: { id: true, name: true },
  });
  const nameOf = new Map(people.map((person) => [person.id, person.name]));
  return rows.map((row) => summaryOf(row, nameOf.get(row.createdBy) ?? row.createdBy));
}

type ApiKeyRow = Awaited<ReturnType<ReturnType<typeof database>['apiKey']['findMany']>>[number];

function summaryOf(row: ApiKeyRow, ownerName: string): ApiKeySummary {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes.flatMap((scope) => ApiScopeSchema.safeParse(scope).data ?? []),
    personal: row.scopes.includes(PERSONAL_SCOPE),
    createdBy: ownerName,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  };
}
