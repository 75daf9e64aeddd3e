import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { OpenFeature as ServerOpenFeature } from '@openfeature/server-sdk';
import { ProviderEvents, OpenFeature as WebOpenFeature } from '@openfeature/web-sdk';
import { EventSource } from 'eventsource';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { cliActor } from '#lib/identity/index.ts';
import { createApiKey, revokeApiKey } from '#lib/identity/server.ts';
import {
  closeFlagSource,
  currentFlags,
  ensureRollouts,
  type HistoryStep,
  readBackFlag,
  rollBack,
} from '#lib/rollouts/server.ts';
import { putRollout, testDatabase } from '#scripts/test/database.ts';
import { eventually } from '#scripts/test/eventually.ts';
import { withPolicy } from '#scripts/test/governance.ts';
import { serveFlagRoutes } from './served.fixture.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const ROOT = cliActor('test');
const FLAG = 'autosave.enabled';
const LOCK = 'autosave.lock';
const qa = { targetingKey: 'user-1', cohort: 'qa' };
const keys = { flags: '', verdicts: '' };
let served: Awaited<ReturnType<typeof serveFlagRoutes>>;

const history = (...phases: string[]): HistoryStep[] =>
  phases.map((phase, i) => ({
    phase,
    kind: i === 0 ? 'start' : 'promotion',
    at: new Date(NOW.getTime() - (phases.length - i) * 86_400_000),
    reason: 'a test',
  }));

beforeAll(async () => {
  process.env.NEXTAUTH_SECRET = 'x'.repeat(32);
  await testDatabase();
  forgetEnv();
  await ensureRollouts(NOW, {
    'autosave-merge': history('A-0', 'A-1', 'A-2', 'B-0', 'B-1'),
    autosave: history('A', 'B', 'C'),
  });
  keys.flags = await newKey('read:flags');
  keys.verdicts = await newKey('read:verdicts');
  served = await serveFlagRoutes();
});
afterEach(async () => {
  await Promise.all([ServerOpenFeature.close(), WebOpenFeature.close()]);
});
afterAll(async () => {
  await served.close();
  closeFlagSource();
  await disconnectDatabase();
});

async function newKey(scope: 'read:flags' | 'read:verdicts'): Promise<string> {
  return (await createApiKey({ name: scope, scopes: [scope] }, ROOT, NOW)).key;
}

async function stepBack(rolloutId: string, fromPhase: string): Promise<void> {
  await rollBack({
    rolloutId,
    fromPhase,
    reason: 'a test',
    trigger: 'button',
    actor: { id: 'user:1', name: 'On-call' },
    now: NOW,
  });
}

type Asked = { path?: string; body?: string; key?: string | null; headers?: Record<string, string> };

async function ask({ path = '', body, key = keys.flags, headers = {} }: Asked = {}) {
  const response = await fetch(`${served.url}/ofrep/v1/evaluate/flags${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...headers,
    },
    body: body ?? JSON.stringify({ context: qa }),
  });
  const text = await response.text();
  return { response, status: response.status, body: text === '' ? null : JSON.parse(text) };
}

describe('one flag', () => {
  it('is answered with its value, variant, reason and metadata, with either header for the key', async () => {
    const expected = {
      key: FLAG,
      value: true,
      variant: 'on',
      reason: 'STATIC',
      metadata: { version: 8, rollout: 'autosave-merge', phase: 'B-1' },
    };
    expect(await ask({ path: `/${FLAG}` })).toMatchObject({ status: 200, body: expected });
    const other = await ask({ path: `/${FLAG}`, key: null, headers: { 'x-api-key': keys.flags } });
    expect(other.body).toEqual(expected);
  });

  it.each([
    ['a broken body', '{', 400, 'PARSE_ERROR'],
    ['a missing targetingKey', '{"context":{}}', 400, 'TARGETING_KEY_MISSING'],
    ['a context that is no object', '{"context":7}', 400, 'INVALID_CONTEXT'],
    ['a huge body', `{"context":{"targetingKey":"u","x":"${'y'.repeat(70_000)}"}}`, 400, 'GENERAL'],
  ])('refuses %s', async (_what, body, status, errorCode) => {
    const one = await ask({ path: `/${FLAG}`, body });
    expect(one).toMatchObject({ status, body: { key: FLAG, errorCode } });
    expect(await ask({ body })).toMatchObject({ status, body: { errorCode } });
  });

  it('that no rollout controls is not found', async () => {
    expect(await ask({ path: '/no.such.flag' })).toMatchObject({
      status: 404,
      body: { key: 'no.such.flag', errorCode: 'FLAG_NOT_FOUND' },
    });
  });
});

describe('a client', () => {
  it.each(['', `/${FLAG}`])('needs a key (401) with the scope read:flags (403) at %s', async (path) => {
    expect((await ask({ path, key: null })).status).toBe(401);
    expect((await ask({ path, key: 'pg_made_up' })).status).toBe(401);
    expect((await ask({ path, key: keys.verdicts })).status).toBe(403);
  });

  it('whose key was revoked is refused after a second at the latest', async () => {
    const { key, summary } = await createApiKey({ name: 'short', scopes: ['read:flags'] }, ROOT, NOW);
    expect((await ask({ key })).status).toBe(200);
    await revokeApiKey(summary.id, ROOT, NOW);
    await eventually(async () => expect((await ask({ key })).status).toBe(401));
  });

  it('that asks too often learns when to come back, and the SDK waits', async () => {
    const { key } = await createApiKey({ name: 'often', scopes: ['read:flags'] }, ROOT, NOW);
    const unlimited = withPolicy([
      'flagRequests: { count: 100000, per: 10s }',
      'flagRequests: { count: 1, per: 1h }',
    ]);
    try {
      const client = await serverClient('limited', key);
      for (const path of ['', `/${FLAG}`]) {
        expect((await ask({ path, key })).status).toBe(200);
        const { response, status } = await ask({ path, key });
        expect(status).toBe(429);
        expect(response.headers.get('retry-after')).toMatch(/^3[0-9]{3}$/);
      }
      expect(await client.getBooleanDetails(FLAG, false, qa)).toMatchObject({
        value: false,
        errorMessage: expect.stringContaining('rate limit'),
      });
      unlimited();
      expect((await client.getBooleanDetails(FLAG, false, qa)).errorMessage).toContain('paused');
    } finally {
      unlimited();
    }
  });

  it('from a page of another origin may ask and read the answer, also when it is a refusal', async () => {
    const preflight = await fetch(`${served.url}/ofrep/v1/evaluate/flags`, { method: 'OPTIONS' });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization');
    for (const answer of [await ask(), await ask({ key: null }), await ask({ path: '/x' })])
      expect(answer.response.headers.get('access-control-allow-origin')).toBe('*');
    expect((await ask()).response.headers.get('access-control-expose-headers')).toContain('ETag');
  });

  it('is told of a failure of ours in the form of OFREP, without details', async () => {
    await database().$executeRaw`ALTER TABLE flag_state RENAME TO flag_state_gone`;
    await eventually(async () => expect((await ask()).status).toBe(500));
    const { body } = await ask();
    expect(Object.keys(body)).toEqual(['errorDetails']);
    expect(body.errorDetails).not.toContain('flag_state');
    await database().$executeRaw`ALTER TABLE flag_state_gone RENAME TO flag_state`;
    expect((await ask()).status).toBe(200);
  });
});

describe('all flags', () => {
  it('are 304 while nothing changed for this context, and 200 for another', async () => {
    const first = await ask();
    const etag = first.response.headers.get('etag') ?? '';
    expect(first.body.flags.map(({ key }: { key: string }) => key)).toEqual([FLAG, 'merge.precision', LOCK]);
    const again = await ask({ headers: { 'if-none-match': etag } });
    expect([again.status, again.body, again.response.headers.get('etag')]).toEqual([304, null, etag]);
    const body = JSON.stringify({ context: { ...qa, targetingKey: 'user-2' } });
    expect((await ask({ headers: { 'if-none-match': etag }, body })).status).toBe(200);
  });

  it('are exported for flagd to a key with the scope read:flags only', async () => {
    const get = (key: string) =>
      fetch(`${served.url}/api/v1/flags/flagd`, { headers: { authorization: `Bearer ${key}` } });
    expect((await get(keys.verdicts)).status).toBe(403);
    expect(await (await get(keys.flags)).json()).toMatchObject({
      flags: {
        [FLAG]: { state: 'ENABLED', variants: { on: true, off: false } },
        [LOCK]: {
          defaultVariant: 'writable',
          variants: { writable: 'writable', readonly: 'readonly' },
          targeting: {},
        },
      },
    });
  });
});

async function serverClient(domain: string, key = keys.flags) {
  await ServerOpenFeature.setProviderAndWait(
    domain,
    new OFREPProvider({ baseUrl: served.url, headers: [['Authorization', `Bearer ${key}`]] }),
  );
  return ServerOpenFeature.getClient(domain);
}

async function webClient(domain: string) {
  vi.stubGlobal('EventSource', EventSource); // what every browser has and Node has not
  await WebOpenFeature.setContext(domain, qa);
  await WebOpenFeature.setProviderAndWait(
    domain,
    // The provider declares its hooks in a way that exactOptionalPropertyTypes refuses.
    Object.assign(
      new OFREPWebProvider({
        baseUrl: served.url,
        cacheMode: 'disabled',
        headers: [['Authorization', `Bearer ${keys.flags}`]],
      }),
      { hooks: [] },
    ),
  );
  return WebOpenFeature.getClient(domain);
}

describe('the SDKs of OpenFeature', () => {
  it('evaluate on a server, and fall back to the default of the code for an unknown flag', async () => {
    const client = await serverClient('server');
    expect(await client.getBooleanDetails(FLAG, false, qa)).toMatchObject({
      value: true,
      variant: 'on',
      reason: 'STATIC',
      flagMetadata: { version: 8, rollout: 'autosave-merge', phase: 'B-1' },
    });
    expect(await client.getStringValue('merge.precision', 'x', qa)).toBe('stable');
    expect(await client.getBooleanDetails('no.such', true, qa)).toMatchObject({
      value: true,
      errorCode: 'FLAG_NOT_FOUND',
    });
    expect(await client.getBooleanDetails(FLAG, false)).toMatchObject({ errorCode: 'TARGETING_KEY_MISSING' });
  });

  it('see a rollback: at once on a server, and in a connected page that never asks by itself [ROL-4]', async () => {
    const server = await serverClient('server');
    const page = await webClient('page');
    expect(page.getStringValue('merge.precision', 'x')).toBe('stable');
    expect(page.getStringDetails(LOCK, 'x')).toMatchObject({ value: 'writable', variant: 'writable' });
    expect(await server.getStringValue(LOCK, 'x', qa)).toBe('writable');
    const changed = new Promise<void>((resolve) => {
      page.addHandler(ProviderEvents.ConfigurationChanged, () => {
        if (page.getStringValue('merge.precision', 'x') === 'beta') resolve();
      });
    });
    await stepBack('autosave-merge', 'B-1');
    await changed;
    expect(page.getBooleanDetails(FLAG, false)).toMatchObject({ value: true, flagMetadata: { version: 9 } });
    // The same step tells every client to stop writing, not only those who lose a feature.
    const locked = { value: 'readonly', variant: 'readonly', reason: 'STATIC' };
    expect(page.getStringDetails(LOCK, 'x')).toMatchObject({
      ...locked,
      flagMetadata: { version: 9, rollout: 'autosave-merge', phase: 'B-0' },
    });
    expect(await server.getStringDetails(LOCK, 'x', { targetingKey: 'anybody' })).toMatchObject(locked);
    await eventually(async () =>
      expect(await server.getStringValue('merge.precision', 'x', qa)).toBe('beta'),
    );
  });
});

describe('the stream of changes', () => {
  it('opens only with the address that an answer gave, and with no key', async () => {
    const [stream] = (await ask()).body.eventStreams;
    const uri: string = stream.endpoint.requestUri;
    expect(uri).not.toContain(keys.flags);
    for (const [ticket, status] of [
      ['', 401],
      ['made.up', 401],
      [`${uri.split('ticket=')[1]?.slice(0, -1)}x`, 401],
    ] as const)
      expect((await fetch(`${served.url}/ofrep/v1/stream?ticket=${ticket}`)).status).toBe(status);
    const opened = await fetch(served.url + uri);
    expect([opened.status, opened.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
    await opened.body?.cancel();
  });

  it('ends with its key', async () => {
    const { key, summary } = await createApiKey({ name: 'short', scopes: ['read:flags'] }, ROOT, NOW);
    const [stream] = (await ask({ key })).body.eventStreams;
    await revokeApiKey(summary.id, ROOT, NOW);
    expect((await fetch(served.url + stream.endpoint.requestUri)).status).toBe(401);
  });
});

describe('freshness', () => {
  const putVersion = (by: number) =>
    putRollout({ where: { id: 'autosave' }, data: { version: { increment: by } } });

  it('a change that nobody announces is served all the same', async () => {
    const { version } = await currentFlags();
    await putVersion(1);
    await eventually(async () => expect((await currentFlags()).version).toBe(version + 1));
  });

  it('a client that has seen a newer version elsewhere is never answered with an older one', async () => {
    const { version } = await currentFlags();
    await putVersion(1);
    const answer = await ask({ headers: { 'if-none-match': `"${version + 1}-x"` } });
    expect(answer.body.metadata.version).toBe(version + 1);
    await putVersion(1);
    const told = await ask({ path: `?flagConfigEtag=${version + 2}-x` });
    expect(told.body.metadata.version).toBe(version + 2);
  });

  it('nothing is served from a database that went back in time', async () => {
    const { version } = await currentFlags();
    await putVersion(-1);
    await expect(readBackFlag(FLAG, qa)).rejects.toThrow(`from version ${version} to ${version - 1}`);
    await putVersion(1);
  });

  it('the read back after a rollback sees it at once, by the path that clients use [ROL-4]', async () => {
    await stepBack('autosave', 'C');
    const read = await readBackFlag(FLAG, { targetingKey: 'user-1', cohort: 'beta' });
    expect(read?.evaluation).toMatchObject({ rolloutId: 'autosave', phase: 'B', reason: 'SPLIT' });
  });
});
