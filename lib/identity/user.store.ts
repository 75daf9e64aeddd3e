import { database, inTransaction, publishLive, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import type { Actor } from './actor.ts';
import { revokePersonalKeysOf } from './api-key.store.ts';
import { generatePassword, hashPassword } from './password.ts';
import { administratorRoles } from './permissions.ts';
import { revokeSessionsOf } from './session.store.ts';
import type { CreateUser, UpdateUser, UserSummary } from './users.schema.ts';

/** Serialises changes to who is an administrator; taken inside the transaction and released with it. */
const ADMINISTRATORS_LOCK = 7_417_023;

type RolePolicy = Pick<Policy, 'roles' | 'permissions'>;

/** Waits until nobody else is changing who may manage users. */
export async function lockAdministrators(tx: Transaction): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(${ADMINISTRATORS_LOCK}::bigint)::text`;
}

/** How many people can manage users now. With `except`, that person does not count. */
export function countAdministrators(
  tx: Pick<Transaction, 'user'>,
  policy: RolePolicy,
  filter: { exceptEmailDomain?: string } = {},
): Promise<number> {
  return tx.user.count({
    where: {
      disabledAt: null,
      roles: { some: { role: { in: [...administratorRoles(policy)] } } },
      ...(filter.exceptEmailDomain === undefined
        ? {}
        : { NOT: { email: { endsWith: `@${filter.exceptEmailDomain}` } } }),
    },
  });
}

/** Everybody, by name. */
export async function listUsers(): Promise<UserSummary[]> {
  const rows = await database().user.findMany({
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    include: { roles: true, accounts: true },
  });
  return rows.map(summaryOf);
}

/** People, newest first: `take` of those added before `beforeId`. */
export async function listNewestUsers(take: number, beforeId: string | undefined): Promise<UserSummary[]> {
  const rows = await database().user.findMany({
    orderBy: { id: 'desc' },
    take,
    ...(beforeId === undefined ? {} : { where: { id: { lt: beforeId } } }),
    include: { roles: true, accounts: true },
  });
  return rows.map(summaryOf);
}

type UserRow = {
  id: string;
  email: string;
  name: string;
  passwordHash: string | null;
  disabledAt: Date | null;
  createdAt: Date;
  roles: { role: string }[];
  accounts: { provider: string; providerAccountId: string }[];
};

function summaryOf(row: UserRow): UserSummary {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    roles: row.roles.map((held) => held.role).sort(),
    disabledAt: row.disabledAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    signsInWith: [
      ...(row.passwordHash === null ? [] : (['password'] as const)),
      ...(row.accounts.some((account) => account.provider === 'github') ? (['github'] as const) : []),
    ],
    slackUserId: row.accounts.find(({ provider }) => provider === 'slack')?.providerAccountId ?? null,
  };
}

/**
 * Adds a person. Returns the made-up password when none was given; it is kept nowhere else.
 * Errors: VALIDATION for a role the policy does not have; CONFLICT when the address is taken.
 */
export async function createUser(
  input: CreateUser,
  actor: Actor,
  policy: RolePolicy,
  now: Date,
): Promise<{ id: string; oneTimePassword: string | null }> {
  requireKnownRoles(input.roles, policy);
  const oneTimePassword = input.password === undefined ? generatePassword() : null;
  const passwordHash = await hashPassword(input.password ?? oneTimePassword ?? generatePassword());
  return await inTransaction(async (tx) => {
    const id = await insertUser(tx, { ...input, passwordHash }, actor.id, now);
    if (id === null) {
      throw new AppError('CONFLICT', 'There is an account with this e-mail address already.', {
        reason: 'email_taken',
      });
    }
    await publishLive(tx, { topic: 'people' });
    await appendAudit(tx, {
      actor,
      action: 'user.created',
      subject: `user:${id}`,
      reason: '',
      details: { email: input.email, roles: input.roles },
      at: now,
    });
    return { id, oneTimePassword };
  });
}

/** Inserts a person and their roles. Null: the address is taken, and nothing was written. */
export async function insertUser(
  tx: Transaction,
  person: { email: string; name: string; roles: readonly string[]; passwordHash: string },
  grantedBy: string,
  now: Date,
): Promise<string | null> {
  const [inserted] = await tx.user.createManyAndReturn({
    data: [{ email: person.email, name: person.name, passwordHash: person.passwordHash, createdAt: now }],
    skipDuplicates: true,
    select: { id: true },
  });
  if (!inserted) return null;
  await tx.userRole.createMany({
    data: person.roles.map((role) => ({ userId: inserted.id, role, grantedBy, grantedAt: now })),
  });
  return inserted.id;
}

/**
 * Changes a person: name, roles, password, disabled or not. A new password or being disabled ends every session and
 * personal key they have; a change of roles counts from their next request on, also for what they have signed. Returns a made-up password once, if one was asked for.
 * Errors: NOT_FOUND; VALIDATION for an unknown role; CONFLICT `last_admin` when nobody could manage users afterwards.
 */
export async function updateUser(
  id: string,
  change: UpdateUser,
  actor: Actor,
  policy: RolePolicy,
  now: Date,
): Promise<{ oneTimePassword: string | null }> {
  if (change.roles) requireKnownRoles(change.roles, policy);
  const oneTimePassword = change.password === 'generate' ? generatePassword() : null;
  const newPassword = oneTimePassword ?? change.password;
  const passwordHash = newPassword === undefined ? undefined : await hashPassword(newPassword);
  return await inTransaction(async (tx) => {
    await lockAdministrators(tx);
    const before = await tx.user.findUnique({ where: { id }, include: { roles: true } });
    if (!before) throw new AppError('NOT_FOUND', 'There is no such person.');
    const administratorsBefore = await countAdministrators(tx, policy);
    await tx.user.update({
      where: { id },
      data: {
        ...(change.name === undefined ? {} : { name: change.name }),
        ...(change.disabled === undefined
          ? {}
          : { disabledAt: change.disabled ? (before.disabledAt ?? now) : null }),
        ...(passwordHash === undefined ? {} : { passwordHash }),
      },
    });
    const rolesBefore = before.roles.map((held) => held.role).sort();
    if (change.roles) await replaceRoles(tx, id, rolesBefore, change.roles, actor.id, now);
    if (administratorsBefore > 0 && (await countAdministrators(tx, policy)) === 0) {
      throw new AppError('CONFLICT', 'Somebody must remain who can manage users.', { reason: 'last_admin' });
    }
    const endsSessions = change.disabled === true || passwordHash !== undefined;
    const sessionsEnded = endsSessions ? await revokeSessionsOf(tx, id, now) : 0;
    const keysRevoked = endsSessions ? await revokePersonalKeysOf(tx, id, now) : 0;
    // Whose signatures count is told at once: pages and the functions that decide read it again.
    await publishLive(tx, { topic: 'people' });
    await appendAudit(tx, {
      actor,
      action: 'user.changed',
      subject: `user:${id}`,
      reason: '',
      details: {
        ...(change.name === undefined ? {} : { name: { before: before.name, after: change.name } }),
        ...(change.roles === undefined ? {} : { roles: { before: rolesBefore, after: change.roles } }),
        ...(change.disabled === undefined ? {} : { disabled: change.disabled }),
        ...(passwordHash === undefined ? {} : { passwordChanged: true }),
        sessionsEnded,
        keysRevoked,
      },
      at: now,
    });
    return { oneTimePassword };
  });
}

async function replaceRoles(
  tx: Transaction,
  userId: string,
  before: readonly string[],
  after: readonly string[],
  grantedBy: string,
  now: Date,
): Promise<void> {
  await tx.userRole.deleteMany({ where: { userId, role: { notIn: [...after] } } });
  await tx.userRole.createMany({
    data: after
      .filter((role) => !before.includes(role))
      .map((role) => ({ userId, role, grantedBy, grantedAt: now })),
  });
}

function requireKnownRoles(roles: readonly string[], policy: RolePolicy): void {
  const unknown = roles.filter((role) => !(role in policy.roles));
  if (unknown.length === 0) return;
  throw new AppError('VALIDATION', 'The policy has no such role.', {
    issues: unknown.map((role) => ({ field: 'roles', message: `unknown role: ${role}` })),
  });
}
