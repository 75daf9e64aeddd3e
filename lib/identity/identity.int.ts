import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { cliActor } from './actor.ts';
import { DEMO_PASSWORD } from './demo.ts';
import { userOfGitHubAccount } from './github-account.store.ts';
import { CreateApiKeySchema } from './keys.schema.ts';
import {
  authenticateApiKey,
  authenticateSession,
  changeOwnPassword,
  createApiKey,
  createPersonalKey,
  createUser,
  handleAuth,
  hasAdministrator,
  issueSetupToken,
  listApiKeys,
  listPersonalKeys,
  passwordHolder,
  personOfKey,
  redeemSetupToken,
  revokeApiKey,
  seedDemoAccounts,
  updateUser,
} from './server.ts';

const NOW = new Date('2026-11-21T03:00:00.000Z');
const FIRST_SIGN_IN = { newAccountRole: 'viewer', now: NOW };
const ROOT = cliActor('test');
const PASSWORD = 'correct horse battery';

let policy: Policy;

beforeAll(async () => {
  process.env.NEXTAUTH_SECRET = 'x'.repeat(32);
  process.env.PHASEGATE_URL = 'http://localhost:3917';
  process.env.PHASEGATE_MODE = 'live';
  process.env.LOG_LEVEL = 'silent';
  await testDatabase();
  ({ policy } = await loadPolicy());
});
afterAll(disconnectDatabase);

function mode(value: 'demo' | 'live'): void {
  process.env.PHASEGATE_MODE = value;
  forgetEnv();
}

let addressCounter = 0;
let jar: Map<string, string>;
let host = 'localhost:3917';
beforeEach(() => {
  jar = new Map();
  host = 'localhost:3917';
  addressCounter += 1;
  mode('live');
});

async function person(email: string, roles: string[]): Promise<string> {
  return (await createUser({ email, name: email, roles, password: PASSWORD }, ROOT, policy, NOW)).id;
}

function cookieHeader(): string {
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
}

/** A browser small enough to read: sends its cookies, keeps what it is given. */
async function visit(path: string, form?: Record<string, string>): Promise<Response> {
  const url = new URL(`http://${host}/api/auth/${path}`);
  const response = await handleAuth(
    new Request(url, {
      method: form ? 'POST' : 'GET',
      headers: {
        host,
        cookie: cookieHeader(),
        'x-forwarded-for': `10.0.0.${addressCounter}`,
        ...(form ? { origin: url.origin, 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
      ...(form ? { body: new URLSearchParams(form) } : {}),
    }),
    url.pathname.split('/').slice(3),
  );
  for (const line of response.headers.getSetCookie()) {
    const [pair = ''] = line.split(';');
    const at = pair.indexOf('=');
    if (pair.slice(at + 1) === '') jar.delete(pair.slice(0, at));
    else jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return response;
}

async function csrf(): Promise<string> {
  const body = (await (await visit('csrf')).json()) as { csrfToken: string };
  return body.csrfToken;
}

async function signIn(
  email: string,
  password = PASSWORD,
  callbackUrl = '/rollouts',
): Promise<{ status: number; url: string; cookies: string[] }> {
  const csrfToken = await csrf();
  const response = await visit('callback/credentials', {
    csrfToken,
    email,
    password,
    callbackUrl,
    json: 'true',
  });
  const { url } = (await response.json()) as { url: string };
  return { status: response.status, url, cookies: response.headers.getSetCookie() };
}

async function signedIn(now = new Date()) {
  return await authenticateSession(new Headers({ host, cookie: cookieHeader() }), now);
}

describe('sessions', () => {
  it('lets a person in with the right password and says who they are', async () => {
    await person('ann@example.org', ['reviewer', 'sre']);
    const { status, url, cookies } = await signIn('Ann@Example.org ');
    expect(status).toBe(200);
    expect(url).toBe('http://localhost:3917/rollouts');
    const session = cookies.find((line) => line.startsWith('phasegate.session='));
    expect(session).toMatch(/HttpOnly/);
    expect(session).toMatch(/SameSite=Lax/);
    expect(session).not.toMatch(/Secure/);
    expect(await signedIn()).toMatchObject({
      kind: 'user',
      name: 'ann@example.org',
      roles: ['reviewer', 'sre'],
    });
  });

  it('works under both names of this machine and stays at the one that was opened', async () => {
    await person('both@example.org', ['viewer']);
    host = '127.0.0.1:3917';
    expect((await signIn('both@example.org')).url).toBe('http://127.0.0.1:3917/rollouts');
    expect(await signedIn()).not.toBeNull();
  });

  it('marks the cookie Secure and bound to the host over https', async () => {
    process.env.PHASEGATE_URL = 'https://phasegate.example';
    forgetEnv();
    try {
      host = 'phasegate.example';
      await person('tls@example.org', ['viewer']);
      const url = 'https://phasegate.example/api/auth';
      const start = await handleAuth(new Request(`${url}/csrf`, { headers: { host } }), ['csrf']);
      const { csrfToken } = (await start.json()) as { csrfToken: string };
      const response = await handleAuth(
        new Request(`${url}/callback/credentials`, {
          method: 'POST',
          headers: {
            host,
            origin: 'https://phasegate.example',
            cookie: start.headers
              .getSetCookie()
              .map((line) => line.split(';')[0])
              .join('; '),
            'content-type': 'application/x-www-form-urlencoded',
          },
          body: new URLSearchParams({
            csrfToken,
            email: 'tls@example.org',
            password: PASSWORD,
            json: 'true',
          }),
        }),
        ['callback', 'credentials'],
      );
      const session = response.headers
        .getSetCookie()
        .find((line) => line.startsWith('__Host-phasegate.session='));
      expect(session).toMatch(/; Secure/);
      expect(session).toMatch(/Path=\//);
    } finally {
      process.env.PHASEGATE_URL = 'http://localhost:3917';
      forgetEnv();
    }
  });

  it('opens a new session at each sign-in', async () => {
    await person('twice@example.org', ['viewer']);
    await signIn('twice@example.org');
    const first = jar.get('phasegate.session');
    await signIn('twice@example.org');
    expect(jar.get('phasegate.session')).not.toBe(first);
    expect(await database().userSession.count({ where: { user: { email: 'twice@example.org' } } })).toBe(2);
  });

  it('refuses a wrong password, an unknown address and a disabled account in the same words', async () => {
    const id = await person('off@example.org', ['viewer']);
    await updateUser(id, { disabled: true }, ROOT, policy, NOW);
    const answers = [
      await signIn('off@example.org'),
      await signIn('nobody@example.org'),
      await signIn('off@example.org', 'wrong password'),
      await signIn('off@example.org', ''),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(answer.url).toContain('error=CredentialsSignin');
    }
    expect(jar.has('phasegate.session')).toBe(false);
  });

  it('says when to come back after five wrong passwords, even to the right one', async () => {
    await person('guess@example.org', ['viewer']);
    for (let i = 0; i < 5; i += 1)
      expect((await signIn('guess@example.org', 'wrong password')).url).toContain('CredentialsSignin');
    const { url } = await signIn('guess@example.org');
    expect(decodeURIComponent(url)).toMatch(/error=TooManyAttempts:\d+/);
    addressCounter += 100; // the person at another desk is not locked out by it
    expect((await signIn('guess@example.org')).status).toBe(200);
  });

  it('ends at once when the session is revoked by signing out, also for a copied cookie', async () => {
    await person('out@example.org', ['viewer']);
    await signIn('out@example.org');
    const copied = cookieHeader();
    const csrfToken = await csrf();
    await visit('signout', { csrfToken, json: 'true' });
    expect(jar.has('phasegate.session')).toBe(false);
    expect(await authenticateSession(new Headers({ host, cookie: copied }), new Date())).toBeNull();
  });

  it('ends at the next request when the person is disabled', async () => {
    const id = await person('leaver@example.org', ['sre']);
    await signIn('leaver@example.org');
    expect(await signedIn()).not.toBeNull();
    await updateUser(id, { disabled: true }, ROOT, policy, new Date());
    expect(await signedIn()).toBeNull();
  });

  it('ends when the password is changed by somebody else', async () => {
    const id = await person('reset@example.org', ['sre']);
    await signIn('reset@example.org');
    const { oneTimePassword } = await updateUser(id, { password: 'generate' }, ROOT, policy, new Date());
    expect(await signedIn()).toBeNull();
    expect((await signIn('reset@example.org', oneTimePassword ?? '')).status).toBe(200);
  });

  it('has the new roles at the next request after a demotion', async () => {
    const id = await person('demoted@example.org', ['sre', 'viewer']);
    await signIn('demoted@example.org');
    expect((await signedIn())?.roles).toEqual(['sre', 'viewer']);
    await updateUser(id, { roles: ['viewer'] }, ROOT, policy, new Date());
    expect((await signedIn())?.roles).toEqual(['viewer']);
  });

  it('ends after twelve hours', async () => {
    await person('long@example.org', ['viewer']);
    const before = Date.now();
    await signIn('long@example.org');
    const after = Date.now();
    expect(await signedIn(new Date(before + 12 * 3_600_000 - 1))).not.toBeNull();
    expect(await signedIn(new Date(after + 12 * 3_600_000 + 1))).toBeNull();
  });

  it('takes neither a forged cookie nor one made with another secret', async () => {
    await person('forge@example.org', ['viewer']);
    await signIn('forge@example.org');
    process.env.NEXTAUTH_SECRET = 'y'.repeat(32);
    forgetEnv();
    expect(await signedIn()).toBeNull();
    process.env.NEXTAUTH_SECRET = 'x'.repeat(32);
    forgetEnv();
    expect(await signedIn()).not.toBeNull();
    jar.set('phasegate.session', 'eyJhbGciOiJub25lIn0.e30.');
    expect(await signedIn()).toBeNull();
  });

  it('takes no sign-in from another site or without its own token', async () => {
    await person('csrf@example.org', ['viewer']);
    const form = { email: 'csrf@example.org', password: PASSWORD, json: 'true' };
    const csrfToken = await csrf();
    const elsewhere = await handleAuth(
      new Request(`http://${host}/api/auth/callback/credentials`, {
        method: 'POST',
        headers: { host, cookie: cookieHeader(), origin: 'http://evil.example' },
        body: new URLSearchParams({ ...form, csrfToken }),
      }),
      ['callback', 'credentials'],
    );
    expect(elsewhere.status).toBe(403);
    await visit('callback/credentials', { ...form, csrfToken: 'made up' });
    expect(jar.has('phasegate.session')).toBe(false);
  });

  it('never sends anybody to another site after signing in', async () => {
    await person('redirect@example.org', ['viewer']);
    for (const wanted of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      'http://localhost:3917@evil.example',
      'not a url at all:',
    ]) {
      const { url } = await signIn('redirect@example.org', PASSWORD, wanted);
      expect(new URL(url).origin).toBe('http://localhost:3917');
    }
  });

  it('keeps the actions closed that nobody needs', async () => {
    expect((await visit('_log', { code: 'X', level: 'error' })).status).toBe(404);
    expect((await visit('verify-request')).status).toBe(404);
  });
});

describe('changing one’s own password', () => {
  const NEW_PASSWORD = 'staple battery horse';

  /** Asks for a change with the cookie and the address of {@link visit}. */
  async function change(currentPassword: string, newPassword = NEW_PASSWORD, cookie = cookieHeader()) {
    const headers = new Headers({ host, cookie, 'x-forwarded-for': `10.0.0.${addressCounter}` });
    const actor = await authenticateSession(headers, new Date());
    if (!actor) throw new Error('nobody is signed in');
    return await changeOwnPassword({ currentPassword, newPassword }, { actor, headers, now: new Date() });
  }

  it('takes the current one, ends every other session and keeps the one that asked', async () => {
    const id = await person('own@example.org', ['viewer']);
    await person('bystander@example.org', ['viewer']);
    await signIn('bystander@example.org');
    const bystander = cookieHeader();
    await signIn('own@example.org');
    const elsewhere = cookieHeader();
    await signIn('own@example.org');
    expect(await change(PASSWORD)).toEqual({ sessionsEnded: 1, keysRevoked: 0 });
    const still = (cookie: string) => authenticateSession(new Headers({ host, cookie }), new Date());
    expect(await still(cookieHeader())).toMatchObject({ id });
    expect(await still(elsewhere)).toBeNull();
    expect(await still(bystander)).not.toBeNull();
    expect((await signIn('own@example.org')).status).toBe(401);
    expect((await signIn('own@example.org', NEW_PASSWORD)).status).toBe(200);
    const entry = await database().auditEntry.findFirstOrThrow({
      where: { action: 'user.password_changed', subject: `user:${id}` },
    });
    expect(entry).toMatchObject({ actorId: id, details: { sessionsEnded: 1 } });
    expect(JSON.stringify(entry.details)).not.toContain('argon2');
  });

  it('changes nothing with a wrong one, and says when to come back after five, as signing in does', async () => {
    await person('slip@example.org', ['viewer']);
    await signIn('slip@example.org');
    const other = cookieHeader();
    await signIn('slip@example.org');
    for (let i = 0; i < 5; i += 1)
      await expect(change('wrong password')).rejects.toMatchObject({
        code: 'FORBIDDEN',
        reason: 'password_wrong',
      });
    await expect(change(PASSWORD)).rejects.toMatchObject({
      code: 'TOO_MANY_REQUESTS',
      retryAfterSeconds: expect.any(Number),
    });
    expect(decodeURIComponent((await signIn('slip@example.org')).url)).toContain('TooManyAttempts');
    expect(await authenticateSession(new Headers({ host, cookie: other }), new Date())).not.toBeNull();
  });

  it('lets one of two changes at once win, and no session survive it that did not make it', async () => {
    await person('twin@example.org', ['viewer']);
    await signIn('twin@example.org');
    const one = cookieHeader();
    await signIn('twin@example.org');
    const outcomes = await Promise.allSettled([
      change(PASSWORD, 'the first new password', one),
      change(PASSWORD, 'the second new password'),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'CONFLICT', reason: 'password_moved' },
    });
    const alive = await database().userSession.count({
      where: { user: { email: 'twin@example.org' }, revokedAt: null },
    });
    expect(alive).toBe(1);
  });

  it('is refused to demo accounts, whose password everybody shares, and to those who sign in elsewhere', async () => {
    mode('demo');
    await seedDemoAccounts(policy, NOW);
    await signIn('viewer@demo.phasegate.test', DEMO_PASSWORD);
    await expect(change(DEMO_PASSWORD)).rejects.toMatchObject({ code: 'FORBIDDEN', reason: 'demo_account' });
    const demo = await signedIn();
    expect(await passwordHolder(demo?.id ?? '')).toMatchObject({ holder: 'demo' });
    expect((await signIn('viewer@demo.phasegate.test', DEMO_PASSWORD)).status).toBe(200);
    await database().user.deleteMany({ where: { email: { endsWith: '@demo.phasegate.test' } } });
    mode('live');

    const id = await person('elsewhere@example.org', ['viewer']);
    expect(await passwordHolder(id)).toEqual({ email: 'elsewhere@example.org', holder: 'person' });
    await signIn('elsewhere@example.org');
    await database().user.update({ where: { id }, data: { passwordHash: null } });
    expect(await passwordHolder(id)).toMatchObject({ holder: 'nobody' });
    await expect(change(PASSWORD)).rejects.toMatchObject({ code: 'FORBIDDEN', reason: 'no_password' });
  });
});

describe('GitHub accounts', () => {
  it('are asked for at GitHub when it is configured, for no more than who they are, and come back to the host in use', async () => {
    process.env.GITHUB_CLIENT_ID = 'client';
    process.env.GITHUB_CLIENT_SECRET = 'secret';
    forgetEnv();
    try {
      host = '127.0.0.1:3917';
      const csrfToken = await csrf();
      const response = await visit('signin/github', { csrfToken, callbackUrl: '/jobs', json: 'true' });
      const target = new URL(((await response.json()) as { url: string }).url);
      expect(target.origin + target.pathname).toBe('https://github.com/login/oauth/authorize');
      expect(target.searchParams.get('scope')).toBe('read:user');
      expect(target.searchParams.get('redirect_uri')).toBe('http://127.0.0.1:3917/api/auth/callback/github');
      expect(target.searchParams.get('state')).not.toBeNull();
    } finally {
      delete process.env.GITHUB_CLIENT_ID;
      delete process.env.GITHUB_CLIENT_SECRET;
      forgetEnv();
    }
    expect((await (await visit('providers')).json()) as object).not.toHaveProperty('github');
  });

  it('are known by their numeric id, start as viewer, and are never linked by e-mail or login', async () => {
    await person('octo@users.noreply.github.com', ['admin']);
    const first = await userOfGitHubAccount(
      { accountId: '583231', login: 'octo', name: 'Octo' },
      FIRST_SIGN_IN,
    );
    const renamed = await userOfGitHubAccount(
      { accountId: '583231', login: 'cat', name: 'Cat' },
      FIRST_SIGN_IN,
    );
    const reused = await userOfGitHubAccount(
      { accountId: '999', login: 'octo', name: 'Octo' },
      FIRST_SIGN_IN,
    );
    expect(renamed).toBe(first);
    expect(reused).not.toBe(first);
    const roles = await database().userRole.findMany({
      where: { userId: { in: [first ?? '', reused ?? ''] } },
    });
    expect(roles.map((held) => held.role)).toEqual(['viewer', 'viewer']);
  });

  it('become one person when the first sign-in happens ten times at once', async () => {
    const ids = await Promise.all(
      Array.from({ length: 10 }, () =>
        userOfGitHubAccount({ accountId: '77', login: 'race', name: 'Race' }, FIRST_SIGN_IN),
      ),
    );
    expect(new Set(ids).size).toBe(1);
  });

  it('stay out when the person was disabled', async () => {
    const identity = { accountId: '88', login: 'gone', name: 'Gone' };
    const id = await userOfGitHubAccount(identity, FIRST_SIGN_IN);
    await updateUser(id ?? '', { disabled: true }, ROOT, policy, NOW);
    expect(await userOfGitHubAccount(identity, FIRST_SIGN_IN)).toBeNull();
  });
});

describe('API keys', () => {
  const bearer = (key: string) => new Headers({ authorization: `Bearer ${key}` });

  it('speak with the scopes they were made with, by either header, and are not stored', async () => {
    const { key, summary } = await createApiKey({ name: 'ci', scopes: ['ingest:events'] }, ROOT, NOW);
    expect(await authenticateApiKey(bearer(key), NOW)).toEqual({
      kind: 'api_key',
      id: summary.id,
      name: 'ci',
      roles: [],
      scopes: ['ingest:events'],
    });
    expect(await authenticateApiKey(new Headers({ 'x-api-key': key }), NOW)).not.toBeNull();
    const row = await database().apiKey.findUniqueOrThrow({ where: { id: summary.id } });
    expect(JSON.stringify(row)).not.toContain(key.slice(11, 40));
    expect(row.lastUsedAt).toEqual(NOW);
  });

  it('end when revoked, when they expire, and when their owner is disabled', async () => {
    const revoked = await createApiKey({ name: 'a', scopes: ['read:flags'] }, ROOT, NOW);
    await revokeApiKey(revoked.summary.id, ROOT, NOW);
    expect(await authenticateApiKey(bearer(revoked.key), NOW)).toBeNull();
    await expect(revokeApiKey(revoked.summary.id, ROOT, NOW)).rejects.toMatchObject({ code: 'CONFLICT' });

    const short = await createApiKey({ name: 'b', scopes: ['read:flags'], expiresInDays: 1 }, ROOT, NOW);
    const nextDay = NOW.getTime() + 86_400_000;
    expect(await authenticateApiKey(bearer(short.key), new Date(nextDay - 1))).not.toBeNull();
    expect(await authenticateApiKey(bearer(short.key), new Date(nextDay))).toBeNull();

    const ownerId = await person('owner@example.org', ['admin']);
    const owner = { kind: 'user' as const, id: ownerId, name: 'Owner', roles: ['admin'], scopes: [] };
    const owned = await createApiKey({ name: 'c', scopes: ['read:flags'] }, owner, NOW);
    expect(await authenticateApiKey(bearer(owned.key), NOW)).not.toBeNull();
    await updateUser(ownerId, { disabled: true }, ROOT, policy, NOW);
    expect(await authenticateApiKey(bearer(owned.key), NOW)).toBeNull();
  });

  describe('of a person', () => {
    const asActor = (id: string, roles: string[]) => ({
      kind: 'user' as const,
      id,
      name: 'somebody',
      roles,
      scopes: [],
    });
    const DAY_MS = 86_400_000;

    it('act as that person with the roles of the moment, for as long as the policy lets them', async () => {
      const id = await person('keys@example.org', ['viewer']);
      const actor = asActor(id, ['viewer']);
      const { key, summary } = await createPersonalKey({ name: 'laptop' }, actor, policy, NOW);
      expect(key).toMatch(/^pg_p_/);
      expect(summary).toMatchObject({ personal: true, scopes: ['act:as-owner'] });
      const longest = policy.personalKeys.expireWithinSeconds * 1000;
      expect(Date.parse(summary.expiresAt ?? '') - NOW.getTime()).toBe(longest);
      expect(await personOfKey(summary.id, NOW)).toEqual({
        kind: 'user',
        id,
        name: 'keys@example.org',
        roles: ['viewer'],
        scopes: [],
      });
      await updateUser(id, { roles: ['governance', 'sre'] }, ROOT, policy, NOW);
      expect((await personOfKey(summary.id, NOW))?.roles).toEqual(['governance', 'sre']);
      expect(await personOfKey(summary.id, new Date(NOW.getTime() + longest))).toBeNull();
      expect(await personOfKey(summary.id, new Date(NOW.getTime() + longest - 1))).not.toBeNull();
    });

    it('live no longer than the policy says, and are made by people only', async () => {
      const actor = asActor(await person('lasting@example.org', ['viewer']), ['viewer']);
      const longestDays = (policy.personalKeys.expireWithinSeconds * 1000) / DAY_MS;
      await expect(
        createPersonalKey({ name: 'x', expiresInDays: longestDays + 1 }, actor, policy, NOW),
      ).rejects.toMatchObject({ code: 'VALIDATION', reason: 'lives_too_long' });
      await createPersonalKey({ name: 'x', expiresInDays: longestDays }, actor, policy, NOW);
      await expect(createPersonalKey({ name: 'x' }, ROOT, policy, NOW)).rejects.toMatchObject({
        code: 'FORBIDDEN',
        reason: 'not_a_person',
      });
      expect(CreateApiKeySchema.safeParse({ name: 'x', scopes: ['act:as-owner'] }).success).toBe(false);
    });

    it('end with the person, and do not come back with them', async () => {
      const id = await person('left@example.org', ['sre']);
      const made = await createPersonalKey({ name: 'old' }, asActor(id, ['sre']), policy, NOW);
      await updateUser(id, { disabled: true }, ROOT, policy, NOW);
      expect(await authenticateApiKey(bearer(made.key), NOW)).toBeNull();
      expect(await personOfKey(made.summary.id, NOW)).toBeNull();
      await updateUser(id, { disabled: false }, ROOT, policy, NOW);
      expect(await authenticateApiKey(bearer(made.key), NOW)).toBeNull();
      expect(await personOfKey(made.summary.id, NOW)).toBeNull();
    });

    it('end with a new password, because whoever stole the session may have made one', async () => {
      const id = await person('stolen@example.org', ['sre']);
      const made = await createPersonalKey({ name: 'stolen' }, asActor(id, ['sre']), policy, NOW);
      await updateUser(id, { name: 'Somebody else' }, ROOT, policy, NOW);
      expect(await personOfKey(made.summary.id, NOW)).not.toBeNull();
      await updateUser(id, { password: 'generate' }, ROOT, policy, NOW);
      expect(await personOfKey(made.summary.id, NOW)).toBeNull();
    });

    it('are ended by their owner or an administrator, and by nobody else', async () => {
      const mine = asActor(await person('mine@example.org', ['viewer']), ['viewer']);
      const other = asActor(await person('other@example.org', ['viewer']), ['viewer']);
      const { summary } = await createPersonalKey({ name: 'mine' }, mine, policy, NOW);
      expect(await listPersonalKeys(other)).toEqual([]);
      await expect(revokeApiKey(summary.id, other, NOW, { ownedBy: other.id })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
      expect(await personOfKey(summary.id, NOW)).not.toBeNull();
      await revokeApiKey(summary.id, mine, NOW, { ownedBy: mine.id });
      expect(await personOfKey(summary.id, NOW)).toBeNull();
      expect((await listPersonalKeys(mine)).map((key) => key.revokedAt)).toEqual([NOW.toISOString()]);
      const second = await createPersonalKey({ name: 'mine' }, mine, policy, NOW);
      await revokeApiKey(second.summary.id, ROOT, NOW);
      expect(await personOfKey(second.summary.id, NOW)).toBeNull();
    });

    it('of a demo act nowhere else', async () => {
      mode('demo');
      const id = await person('keys@demo.phasegate.test', ['viewer']);
      const made = await createPersonalKey({ name: 'demo' }, asActor(id, ['viewer']), policy, NOW);
      expect(await personOfKey(made.summary.id, NOW)).not.toBeNull();
      mode('live');
      expect(await personOfKey(made.summary.id, NOW)).toBeNull();
    });

    it('are not had by making a key of a program', async () => {
      const actor = asActor(await person('program@example.org', ['admin']), ['admin']);
      const { summary } = await createApiKey({ name: 'p', scopes: ['write:rollback'] }, actor, NOW);
      expect(await personOfKey(summary.id, NOW)).toBeNull();
    });
  });

  it('are listed newest first, page by page', async () => {
    const made = [];
    for (const name of ['x', 'y', 'z']) {
      made.unshift((await createApiKey({ name, scopes: ['read:flags'] }, ROOT, NOW)).summary.id);
    }
    const first = await listApiKeys({ take: 2 });
    expect(first.map((key) => key.id)).toEqual(made.slice(0, 2));
    expect((await listApiKeys({ take: 1, beforeId: first[1]?.id })).map((key) => key.id)).toEqual(
      made.slice(2),
    );
  });

  it('are refused when unknown or mistyped', async () => {
    const { key } = await createApiKey({ name: 'd', scopes: ['read:flags'] }, ROOT, NOW);
    const swapped = `${key.slice(0, 20)}${key[20] === 'A' ? 'B' : 'A'}${key.slice(21)}`;
    expect(await authenticateApiKey(bearer(swapped), NOW)).toBeNull();
    expect(await authenticateApiKey(bearer('something else'), NOW)).toBeNull();
    expect(await authenticateApiKey(new Headers(), NOW)).toBeNull();
  });
});

describe('administrators', () => {
  it('keep at least one of themselves, however the last two try to leave at once', async () => {
    await database().user.updateMany({ data: { disabledAt: NOW } });
    const one = await person('one@example.org', ['admin']);
    const two = await person('two@example.org', ['admin']);
    const outcomes = await Promise.allSettled([
      updateUser(one, { roles: ['viewer'] }, ROOT, policy, NOW),
      updateUser(two, { disabled: true }, ROOT, policy, NOW),
    ]);
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    expect(outcomes.find((outcome) => outcome.status === 'rejected')?.reason).toMatchObject({
      code: 'CONFLICT',
      reason: 'last_admin',
    });
    expect(await hasAdministrator(policy)).toBe(true);
  });

  it('get no role that the policy does not have, and no address twice', async () => {
    await expect(person('typo@example.org', ['admn'])).rejects.toMatchObject({ code: 'VALIDATION' });
    await person('same@example.org', ['viewer']);
    await expect(person('same@example.org', ['viewer'])).rejects.toMatchObject({ reason: 'email_taken' });
  });
});

describe('the one-time link of a new instance', () => {
  beforeEach(async () => {
    await database().user.updateMany({ data: { disabledAt: NOW } });
  });
  const admin = (token: string, n: number) => ({
    token,
    email: `first${n}@example.org`,
    name: 'First',
    password: PASSWORD,
  });

  it('makes one administrator when it is used twenty times at once, and none afterwards', async () => {
    const link = await issueSetupToken(policy, NOW);
    const token = link?.token ?? '';
    expect(link?.url).toBe(`http://localhost:3917/setup?token=${token}`);
    expect(JSON.stringify(await database().setupToken.findMany())).not.toContain(token);
    const uses = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => redeemSetupToken(admin(token, n), policy, NOW)),
    );
    expect(uses.filter((use) => use.status === 'fulfilled')).toHaveLength(1);
    expect(await database().user.count({ where: { email: { startsWith: 'first' } } })).toBe(1);
    await expect(redeemSetupToken(admin(token, 99), policy, NOW)).rejects.toMatchObject({
      reason: 'setup_closed',
    });
    expect(await issueSetupToken(policy, NOW)).toBeNull();
  });

  it('ends when the policy says, when a newer one is made, and when it is made up', async () => {
    const old = await issueSetupToken(policy, NOW);
    const current = await issueSetupToken(policy, NOW);
    const later = new Date(NOW.getTime() + policy.signIn.setupLinkSeconds * 1000);
    await expect(redeemSetupToken(admin(old?.token ?? '', 50), policy, NOW)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(redeemSetupToken(admin(current?.token ?? '', 51), policy, later)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(redeemSetupToken(admin('made-up', 52), policy, NOW)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(
      await redeemSetupToken(admin(current?.token ?? '', 53), policy, new Date(later.getTime() - 1)),
    ).toHaveProperty('userId');
  });
});

describe('demo accounts', () => {
  it('are refused outside a demo', async () => {
    await expect(seedDemoAccounts(policy, NOW)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('open a demo, one per role, and are dead when the same database is used for real', async () => {
    await database().user.updateMany({ data: { disabledAt: NOW } });
    mode('demo');
    const accounts = await seedDemoAccounts(policy, NOW);
    await seedDemoAccounts(policy, NOW);
    expect(accounts).toHaveLength(Object.keys(policy.roles).length + 1);
    expect(accounts.at(-1)?.roles.length).toBeGreaterThan(1);
    expect((await signIn('on-call@demo.phasegate.test', DEMO_PASSWORD)).status).toBe(200);
    expect((await signedIn())?.roles).toEqual(['on_call']);
    mode('live');
    expect(await signedIn()).toBeNull();
    expect((await signIn('on-call@demo.phasegate.test', DEMO_PASSWORD)).status).toBe(401);
    expect(await issueSetupToken(policy, NOW)).not.toBeNull();
  });
});
