import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { disconnectDatabase } from '#lib/database/server.ts';
import type { RouteHandler } from '#lib/http/server.ts';
import { cliActor } from '#lib/identity/index.ts';
import { createPersonalKey, createUser } from '#lib/identity/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import { apiRoutes } from '#scripts/test/api-routes.ts';
import { testDatabase } from '#scripts/test/database.ts';

// What somebody who may sign in can put into an address: never a 500, and a refusal that names the field.
const ROOT = cliActor('test');
const ORIGIN = 'http://localhost:3917';
let key = '';
let routes: { name: string; path: string; method: string; handler: RouteHandler }[] = [];

beforeAll(async () => {
  process.env.NEXTAUTH_SECRET = 'x'.repeat(32);
  process.env.PHASEGATE_URL = ORIGIN;
  process.env.LOG_LEVEL = 'silent';
  await testDatabase();
  forgetEnv();
  const now = new Date();
  await ensureRollouts(now);
  const { policy } = await loadPolicy();
  const person = {
    email: 'admin@example.org',
    name: 'Admin',
    roles: ['admin'],
    password: 'correct horse battery',
  };
  const { id } = await createUser(person, ROOT, policy, now);
  const actor = { kind: 'user' as const, id, name: person.name, roles: ['admin'], scopes: [] };
  ({ key } = await createPersonalKey({ name: 'k' }, actor, policy, now));
  routes = (await apiRoutes())
    .filter(({ path }) => path.startsWith('/api/v1/') && !path.startsWith('/api/v1/stream'))
    .flatMap(({ path, methods }) =>
      [...methods].map(([method, handler]) => ({ name: `${method} ${path}`, path, method, handler })),
    );
});
afterAll(disconnectDatabase);

const PLACES: Record<string, string> = {
  rollout: 'autosave',
  panel: 'autosave',
  start: '2026-11-20T05:00:00Z',
};

async function ask(route: (typeof routes)[number], query: string, hostile?: string) {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  const params = Object.fromEntries(
    names.map((name) => [name, hostile ?? PLACES[name] ?? '018f0000-0000-7000-8000-000000000000']),
  );
  const response = await route.handler(
    new Request(`${ORIGIN}${route.path.replaceAll(/[{}]/g, '')}${query}`, {
      method: route.method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(route.method === 'GET' ? {} : { body: '{}' }),
    }),
    { params: Promise.resolve(params) },
  );
  const text = await response.text();
  return { name: route.name, status: response.status, text };
}

const LISTS: [path: string, field: string][] = [
  ['/api/v1/audit', 'before'],
  ['/api/v1/bugs', 'before'],
  ['/api/v1/deliveries', 'before'],
  ['/api/v1/deployments', 'before'],
  ['/api/v1/incidents', 'before'],
  ['/api/v1/jobs', 'before'],
  ['/api/v1/quarantine', 'before'],
  ['/api/v1/reports', 'before'],
  ['/api/v1/rollouts/{rollout}/decisions', 'before'],
  ['/api/v1/rollouts/{rollout}/verdicts', 'before'],
];

describe('an address', () => {
  it.each([
    ['a slash', 'a/b'],
    ['a way up', '../../etc/passwd'],
    ['U+0000', 'a\u0000b'],
    ['half a surrogate pair', '\ud800'],
    ['10 kB', 'x'.repeat(10_240)],
    ['a name of every object', '__proto__'],
    ['a year before the calendar', '0000-01-01T00:00:00.000Z'],
    ['a number beyond all', '9'.repeat(40)],
  ])('with %s in its path is never met with a failure [OPS-20]', async (_, hostile) => {
    const failed: unknown[] = [];
    for (const route of routes.filter(({ path }) => path.includes('{'))) {
      const answer = await ask(route, '', hostile);
      if (answer.status >= 500) failed.push(answer);
    }
    expect(failed).toEqual([]);
  });

  it.each([
    '?before=9999999999',
    '?before=9007199254740991',
    '?before=999999999999999999.9999',
    '?before=0000-01-01T00:00:00Z',
    '?from=0000-01-01T00:00:00Z&to=0000-01-02T00:00:00Z',
    '?limit=999999999999',
    '?rollout=%00',
    '?path=reports%2F..%2F..%2Fetc%2Fpasswd',
    '?month=0000-01&rollout=autosave',
    '?month=9999-12&rollout=autosave',
    '?before=a&before=b',
    '?__proto__=1',
    '?constructor=1',
  ])('with the query %s is never met with a failure [OPS-20]', async (query) => {
    const failed: unknown[] = [];
    for (const route of routes.filter(({ method }) => method === 'GET')) {
      const answer = await ask(route, query);
      if (answer.status >= 500) failed.push(answer);
    }
    expect(failed).toEqual([]);
  });

  it.each(LISTS)('of %s is refused with the name of what is wrong in it [OPS-20]', async (path, field) => {
    const route = routes.find(({ name }) => name === `GET ${path}`);
    if (!route) throw new RangeError(path);
    for (const [query, named] of [
      [`?${field}=yesterday`, field],
      [`?${field}=`, field],
      ['?unheard=of', ''],
    ] as const) {
      const { status, text } = await ask(route, query);
      expect([query, status]).toEqual([query, 400]);
      const { errors } = JSON.parse(text) as { errors: { field: string; message: string }[] };
      expect(errors).toContainEqual({ field: named, message: expect.any(String) });
    }
  });
});
