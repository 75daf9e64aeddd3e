import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { forgetEnv } from '#lib/config/server.ts';
import { disconnectDatabase, inTransaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { type Actor, cliActor, PROGRAM_SCOPES } from '#lib/identity/index.ts';
import {
  createApiKey,
  createPersonalKey,
  createUser,
  handleAuth,
  revokeApiKey,
  updateUser,
} from '#lib/identity/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { type RouteHandler, route } from './server.ts';

const HOST = 'localhost:3917';
const ORIGIN = `http://${HOST}`;
const NOW = new Date('2026-11-21T03:00:00.000Z');
const ROOT = cliActor('test');
const PASSWORD = 'correct horse battery';

let viewerCookie = '';
let adminCookie = '';
let ingestKey = '';
let readKey = '';

beforeAll(async () => {
  process.env.NEXTAUTH_SECRET = 'x'.repeat(32);
  process.env.PHASEGATE_URL = ORIGIN;
  await testDatabase();
  forgetEnv();
  const { policy } = await loadPolicy();
  for (const role of ['viewer', 'admin']) {
    await createUser(
      { email: `${role}@example.org`, name: role, roles: [role], password: PASSWORD },
      ROOT,
      policy,
      NOW,
    );
  }
  viewerCookie = await signIn('viewer@example.org');
  adminCookie = await signIn('admin@example.org');
  ingestKey = (await createApiKey({ name: 'i', scopes: ['ingest:events'] }, ROOT, NOW)).key;
  readKey = (await createApiKey({ name: 'r', scopes: ['read:flags'] }, ROOT, NOW)).key;
});
afterAll(disconnectDatabase);

async function signIn(email: string): Promise<string> {
  const start = await handleAuth(new Request(`${ORIGIN}/api/auth/csrf`, { headers: { host: HOST } }), [
    'csrf',
  ]);
  const { csrfToken } = (await start.json()) as { csrfToken: string };
  const response = await handleAuth(
    new Request(`${ORIGIN}/api/auth/callback/credentials`, {
      method: 'POST',
      headers: {
        host: HOST,
        origin: ORIGIN,
        cookie: start.headers
          .getSetCookie()
          .map((line) => line.split(';')[0])
          .join('; '),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ csrfToken, email, password: PASSWORD, json: 'true' }),
    }),
    ['callback', 'credentials'],
  );
  const session = response.headers.getSetCookie().find((line) => line.startsWith('phasegate.session='));
  return session?.split(';')[0] ?? '';
}

type Ask = { headers?: Record<string, string>; body?: BodyInit; query?: string; params?: unknown };

async function ask(
  handler: RouteHandler,
  method: string,
  { headers, body, query = '', params = {} }: Ask = {},
) {
  const response = await handler(
    new Request(`${ORIGIN}/api/v1/thing${query}`, {
      method,
      headers: { host: HOST, ...headers },
      ...(body === undefined ? {} : { body }),
    }),
    { params: Promise.resolve(params) },
  );
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text ? JSON.parse(text) : undefined,
  };
}

describe('who may call a route', () => {
  const forViewers = route({ auth: 'session', run: async ({ actor }) => ({ name: actor.name }) });
  const forAdmins = route({ auth: 'session', permission: 'manage_users', run: async () => ({ ok: true }) });
  const forKeys = route({
    auth: 'api_key',
    scopes: ['ingest:events'],
    run: async ({ actor }) => ({ name: actor.name }),
  });
  const forBoth = route({
    auth: 'either',
    permission: 'view',
    scopes: ['read:flags'],
    run: async ({ actor }) => ({ kind: actor.kind }),
  });
  const forAll = route({ auth: 'public', run: async ({ actor }) => ({ actor }) });

  it('is anybody who has signed in, with the permission, or with a key that has the scope', async () => {
    const viewer = { cookie: viewerCookie };
    const admin = { cookie: adminCookie };
    const ingest = { authorization: `Bearer ${ingestKey}` };
    const read = { authorization: `Bearer ${readKey}` };
    const wrong = { authorization: 'Bearer pg_i_wrong' };
    const table: [RouteHandler, Record<string, string>, number][] = [
      [forViewers, {}, 401],
      [forViewers, viewer, 200],
      [forViewers, admin, 200],
      [forViewers, ingest, 401],
      [forAdmins, {}, 401],
      [forAdmins, viewer, 403],
      [forAdmins, admin, 200],
      [forAdmins, ingest, 401],
      [forKeys, {}, 401],
      [forKeys, viewer, 401],
      [forKeys, ingest, 200],
      [forKeys, read, 403],
      [forKeys, wrong, 401],
      [forBoth, {}, 401],
      [forBoth, viewer, 200],
      [forBoth, read, 200],
      [forBoth, ingest, 403],
      [forBoth, { ...viewer, ...wrong }, 401],
      [forAll, {}, 200],
      [forAll, wrong, 200],
    ];
    const got = await Promise.all(
      table.map(async ([handler, headers]) => (await ask(handler, 'GET', { headers })).status),
    );
    expect(got).toEqual(table.map(([, , status]) => status));
  });

  it('is told in problem+json with the request id of the header, and never cached', async () => {
    const { json, headers } = await ask(forViewers, 'GET');
    expect(json).toMatchObject({
      code: 'UNAUTHENTICATED',
      reason: 'session_missing',
      instance: '/api/v1/thing',
    });
    expect(headers.get('x-request-id')).toBe(json.requestId);
    expect(headers.get('www-authenticate')).toContain('Bearer');
    expect((await ask(forAll, 'GET')).headers.get('cache-control')).toBe('no-store');
  });
});

describe('a route for people', () => {
  const seen: { id: string; kind: string; roles: readonly string[]; trigger: string }[] = [];
  const look = async ({ actor, trigger }: { actor: Actor; trigger: string }) => {
    seen.push({ id: actor.id, kind: actor.kind, roles: actor.roles, trigger });
    return {};
  };
  const forPeople = route({ auth: 'person', run: look });
  const forAdmins = route({ auth: 'person', permission: 'manage_users', run: look });
  const forBoth = route({ auth: 'either', scopes: ['read:flags'], permission: 'manage_users', run: look });
  const forSessions = route({ auth: 'session', run: look });
  const forPrograms = route({ auth: 'api_key', scopes: ['read:flags'], run: look });
  const last = () => seen.at(-1);

  async function personWithKey(email: string, roles: string[]) {
    const { policy } = await loadPolicy();
    const { id } = await createUser({ email, name: email, roles, password: PASSWORD }, ROOT, policy, NOW);
    const actor: Actor = { kind: 'user', id, name: email, roles, scopes: [] };
    const made = await createPersonalKey({ name: 'k' }, actor, policy, new Date());
    return { id, keyId: made.summary.id, key: made.key, bearer: { authorization: `Bearer ${made.key}` } };
  }

  it('knows the person behind a key, and through what they act', async () => {
    const { id, key, bearer } = await personWithKey('lead@example.org', ['dev_lead']);
    expect((await ask(forPeople, 'POST', { headers: bearer })).status).toBe(200);
    expect(last()).toEqual({ id, kind: 'user', roles: ['dev_lead'], trigger: 'api' });
    const cli = { 'x-api-key': key, 'x-phasegate-client': 'cli' };
    expect((await ask(forPeople, 'POST', { headers: cli })).status).toBe(200);
    expect(last()).toMatchObject({ id, trigger: 'cli' });
    const button = { cookie: adminCookie, origin: ORIGIN, 'x-phasegate-client': 'cli' };
    expect((await ask(forPeople, 'POST', { headers: button })).status).toBe(200);
    expect(last()).toMatchObject({ kind: 'user', roles: ['admin'], trigger: 'button' });
  });

  it('asks for the roles of the moment: a demoted person loses at once what they could do', async () => {
    const { policy } = await loadPolicy();
    const { id, bearer } = await personWithKey('demoted@example.org', ['admin']);
    expect((await ask(forAdmins, 'POST', { headers: bearer })).status).toBe(200);
    await updateUser(id, { roles: ['viewer'] }, ROOT, policy, NOW);
    const refused = await ask(forAdmins, 'POST', { headers: bearer });
    expect([refused.status, refused.json.reason]).toEqual([403, 'permission_missing']);
    expect((await ask(forPeople, 'POST', { headers: bearer })).status).toBe(200);
  });

  it('does not know a key of somebody who was disabled, nor one that was revoked', async () => {
    const { policy } = await loadPolicy();
    const gone = await personWithKey('gone@example.org', ['admin']);
    await updateUser(gone.id, { disabled: true }, ROOT, policy, NOW);
    const revoked = await personWithKey('revoked@example.org', ['admin']);
    await revokeApiKey(revoked.keyId, ROOT, NOW);
    for (const { bearer } of [gone, revoked]) {
      for (const handler of [forPeople, forAdmins, forBoth]) {
        const refused = await ask(handler, 'POST', { headers: bearer });
        expect([refused.status, refused.json.reason]).toEqual([401, 'api_key_invalid']);
      }
    }
  });

  it('is closed to programs, whatever their scopes, also beside the cookie of a person', async () => {
    const keys = PROGRAM_SCOPES.map((scope) => createApiKey({ name: scope, scopes: [scope] }, ROOT, NOW));
    for (const { key } of await Promise.all(keys)) {
      const headers = { authorization: `Bearer ${key}`, cookie: adminCookie, origin: ORIGIN };
      const refused = await ask(forPeople, 'POST', { headers });
      expect([refused.status, refused.json.reason]).toEqual([403, 'scope_missing']);
    }
  });

  it('gives a personal key nothing of programs, and nothing that takes a session', async () => {
    const { bearer } = await personWithKey('creep@example.org', ['admin']);
    expect((await ask(forPrograms, 'POST', { headers: bearer })).status).toBe(403);
    expect((await ask(forSessions, 'POST', { headers: { ...bearer, origin: ORIGIN } })).status).toBe(401);
    expect((await ask(forBoth, 'POST', { headers: bearer })).status).toBe(200);
    expect(last()).toMatchObject({ kind: 'user', roles: ['admin'] });
    const viewer = await personWithKey('creep-viewer@example.org', ['viewer']);
    expect((await ask(forBoth, 'POST', { headers: viewer.bearer })).status).toBe(403);
  });

  it('never takes a key from an address, not even beside a good one', async () => {
    const { key, bearer } = await personWithKey('address@example.org', ['admin']);
    const before = seen.length;
    for (const headers of [{}, bearer, { cookie: adminCookie }]) {
      const refused = await ask(forPeople, 'GET', { headers, query: `?api_key=${key}` });
      expect([refused.status, refused.json.reason]).toEqual([400, 'key_in_address']);
      expect(refused.text).not.toContain(key);
    }
    expect(seen).toHaveLength(before);
  });
});

describe('a change with a session cookie', () => {
  const change = route({ auth: 'session', run: async () => ({ changed: true }) });
  const both = route({ auth: 'either', scopes: ['read:flags'], run: async () => ({ changed: true }) });
  const person = route({ auth: 'person', run: async () => ({ changed: true }) });

  it.each([
    ['our own page', { origin: ORIGIN, 'sec-fetch-site': 'same-origin' }, 200],
    ['our own page in an old browser', { origin: ORIGIN }, 200],
    ['no Origin', {}, 403],
    ['a null Origin', { origin: 'null' }, 403],
    ['another site', { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' }, 403],
    ['another site in an old browser', { origin: 'http://evil.example' }, 403],
    [
      'another site with a forged X-Forwarded-Host',
      { origin: 'http://evil.example', 'x-forwarded-host': 'evil.example' },
      403,
    ],
    ['a browser that says cross-site', { origin: ORIGIN, 'sec-fetch-site': 'cross-site' }, 403],
  ] as [string, Record<string, string>, number][])('from %s: %j → %i', async (_, headers, status) => {
    for (const handler of [change, both, person]) {
      expect((await ask(handler, 'POST', { headers: { cookie: adminCookie, ...headers } })).status).toBe(
        status,
      );
    }
  });

  it('needs no Origin when a key speaks, because no browser adds one by itself', async () => {
    expect((await ask(both, 'POST', { headers: { 'x-api-key': readKey } })).status).toBe(200);
  });
});

describe('what a route is given', () => {
  const seen: unknown[] = [];
  const strict = route({
    auth: 'public',
    params: z.strictObject({ id: z.uuid() }),
    query: z.strictObject({
      limit: z.coerce.number().int().max(10).optional(),
      tag: z.array(z.string()).optional(),
    }),
    body: z.strictObject({ name: z.string().min(2), nested: z.strictObject({ n: z.number() }) }),
    bodyLimitBytes: 100,
    run: async ({ params, query, body }) => {
      seen.push({ params, query, body });
    },
  });
  const json = { 'content-type': 'application/json' };
  const id = '01a1fe5e-d199-722a-affb-6a0a6b820303';
  const good = { headers: json, params: { id }, body: JSON.stringify({ name: 'ab', nested: { n: 1 } }) };

  it('is parsed', async () => {
    expect((await ask(strict, 'POST', { ...good, query: '?limit=3&tag=a&tag=b' })).status).toBe(204);
    expect(seen).toEqual([
      { params: { id }, query: { limit: 3, tag: ['a', 'b'] }, body: { name: 'ab', nested: { n: 1 } } },
    ]);
  });

  it.each([
    ['a field of the wrong type', { body: '{"name":"ab","nested":{"n":"1"}}' }, 400, 'nested.n'],
    ['a field too many', { body: '{"name":"ab","nested":{"n":1},"role":"admin"}' }, 400, ''],
    ['no body', { body: '' }, 400, undefined],
    ['half a body', { body: '{"name":' }, 400, undefined],
    ['bytes that are no text', { body: Buffer.from([0x22, 0xff, 0x22]) }, 400, undefined],
    ['another content type', { headers: { 'content-type': 'text/plain' } }, 400, undefined],
    ['an unknown query field', { query: '?limt=3' }, 400, ''],
    ['a query field out of range', { query: '?limit=11' }, 400, 'limit'],
    ['a path that is no id', { params: { id: '1 OR 1=1' } }, 404, 'id'],
    ['a body over the limit', { body: `{"name":"${'a'.repeat(200)}"}` }, 413, undefined],
  ] as [string, Ask, number, string | undefined][])(
    'is refused with %s',
    async (_, change, status, field) => {
      const answer = await ask(strict, 'POST', { ...good, ...change });
      expect(answer.status).toBe(status);
      if (field !== undefined) expect(answer.json.errors[0].field).toBe(field);
    },
  );

  it('is cut off at the limit even when the sender does not say how much comes', async () => {
    const stream = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(64)),
    });
    const request = new Request(`${ORIGIN}/api/v1/thing`, {
      method: 'POST',
      headers: { host: HOST, ...json },
      body: stream,
      duplex: 'half',
    } as RequestInit);
    const response = await strict(request, { params: Promise.resolve({ id }) });
    expect(response.status).toBe(413);
  });

  it('is the untouched body when the route reads it as a stream', async () => {
    const raw = route({
      auth: 'public',
      body: 'stream',
      run: async ({ request, body }) => ({ body, text: await request.text() }),
    });
    expect((await ask(raw, 'POST', { body: 'a\nb\n' })).json).toEqual({ text: 'a\nb\n' });
  });
});

describe('what a route answers', () => {
  it('is limited per caller, as often as the policy says', async () => {
    const limited = route({ auth: 'public', rateLimit: 'setupAttempts', run: async () => ({}) });
    const { count } = (await loadPolicy()).policy.limits.setupAttempts;
    const from = (address: string) => ask(limited, 'GET', { headers: { 'x-forwarded-for': address } });
    for (let request = 1; request <= count; request += 1) expect((await from('1.1.1.1')).status).toBe(200);
    const onceMore = await from('1.1.1.1');
    expect(onceMore.status).toBe(429);
    expect(Number(onceMore.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await from('2.2.2.2')).status).toBe(200);
  });

  it('is our own error in its words, and a mistake without any', async () => {
    const known = route({
      auth: 'public',
      run: () => Promise.reject(new AppError('CONFLICT', 'Already done.', { reason: 'done' })),
    });
    const mistake = route({ auth: 'public', run: () => Promise.reject(new Error('secret at /srv/x.ts')) });
    expect((await ask(known, 'GET')).json).toMatchObject({
      status: 409,
      detail: 'Already done.',
      reason: 'done',
    });
    const { status, text } = await ask(mistake, 'GET');
    expect(status).toBe(500);
    expect(text).not.toMatch(/secret|x\.ts|stack/);
  });

  it('is 503 with a time to come back while others hold what it needs, and claims nothing', async () => {
    const busy = route({
      auth: 'public',
      run: () =>
        inTransaction(async (tx) => {
          await tx.$executeRaw`SET LOCAL lock_timeout = '50ms'`;
          return tx.user.count();
        }),
    });
    const { status, json, headers } = await inTransaction(async (tx) => {
      await tx.$executeRaw`LOCK TABLE app_user IN ACCESS EXCLUSIVE MODE`;
      return ask(busy, 'GET');
    });
    expect({ status, json }).toMatchObject({
      status: 503,
      json: { code: 'UNAVAILABLE', reason: 'database_busy' },
    });
    expect(headers.get('retry-after')).toBe('5');
    expect(JSON.stringify(json)).not.toMatch(/app_user|lock timeout|prisma/i);
    expect((await ask(busy, 'GET')).status).toBe(200);
  });

  it('may be a Response of its own', async () => {
    const own = route({
      auth: 'public',
      run: async () => new Response('{"a":1}', { status: 201, headers: { 'cache-control': 'public' } }),
    });
    const answer = await ask(own, 'GET');
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('public');
  });
});
