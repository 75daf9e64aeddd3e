import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { disconnectDatabase } from '#lib/database/server.ts';
import { type Actor, cliActor, PROGRAM_SCOPES, type ProgramScope } from '#lib/identity/index.ts';
import { createApiKey, createPersonalKey, createUser, handleAuth, updateUser } from '#lib/identity/server.ts';
import type { Permission, Policy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import { type ApiRoute, apiRoutes } from '#scripts/test/api-routes.ts';
import { testDatabase } from '#scripts/test/database.ts';

/** Who may call: the whole API on one page. What a permission means for a role is the policy's. */
type Cell =
  | { for: 'everybody' }
  | { for: 'ticket' } // the address itself carries the proof
  | { for: 'signature' } // a webhook of an outside system, which signs the body
  | { for: 'own protocol' } // held by tests of its own
  | { for: 'person' | 'session'; permission: Permission }
  | { for: 'program'; scope: ProgramScope }
  | { for: 'either'; scope: ProgramScope; permission: Permission };

const everybody: Cell = { for: 'everybody' };
const person = (permission: Permission = 'view'): Cell => ({ for: 'person', permission });
const session = (permission: Permission = 'view'): Cell => ({ for: 'session', permission });
const program = (scope: ProgramScope): Cell => ({ for: 'program', scope });
const either = (scope: ProgramScope, permission: Permission = 'view'): Cell => ({
  for: 'either',
  scope,
  permission,
});

const ACCESS: Record<string, Cell> = {
  'GET /api/auth/{...nextauth}': { for: 'own protocol' },
  'POST /api/auth/{...nextauth}': { for: 'own protocol' },
  'GET /api/inngest': { for: 'own protocol' },
  'POST /api/inngest': { for: 'own protocol' },
  'PUT /api/inngest': { for: 'own protocol' },
  'POST /api/webhooks/pagerduty': { for: 'signature' },
  'POST /api/webhooks/slack/interactivity': { for: 'signature' },
  'GET /api/health': everybody,
  'GET /api/health/cycle': everybody,
  'POST /api/v1/users/first-administrator': everybody, // asks for the one-time token

  'GET /api/v1/account/keys': session(),
  'POST /api/v1/account/keys': session(),
  'DELETE /api/v1/account/keys/{keyId}': session(),
  'POST /api/v1/account/password': session(),
  'GET /api/v1/keys': session('manage_keys'),
  'POST /api/v1/keys': session('manage_keys'),
  'DELETE /api/v1/keys/{keyId}': session('manage_keys'),
  'GET /api/v1/users': session('manage_users'),
  'POST /api/v1/users': session('manage_users'),
  'PATCH /api/v1/users/{userId}': session('manage_users'),
  'PUT /api/v1/users/{userId}/slack': session('manage_users'),
  'DELETE /api/v1/users/{userId}/slack': session('manage_users'),
  'GET /api/v1/stream': session(),

  'GET /api/v1/attention': person(),
  'GET /api/v1/audit': person(),
  'GET /api/v1/audit/export': person(),
  'GET /api/v1/audit/verify': person(),
  'GET /api/v1/bugs': person(),
  'POST /api/v1/bugs': person('report_bug'),
  'GET /api/v1/deliveries': person(),
  'POST /api/v1/deliveries/{id}/send-again': person('send_again'),
  'GET /api/v1/jobs': person(),
  'POST /api/v1/jobs/{functionId}/run': person('run_job'),
  'POST /api/v1/jobs/runs/{runId}/cancel': person('cancel_job'),
  'GET /api/v1/overview': person(),
  'GET /api/v1/policy': person(),
  'GET /api/v1/policy/diff': person(),
  'GET /api/v1/policy/versions': person(),
  'GET /api/v1/policy/versions/{hash}': person(),
  'GET /api/v1/quarantine': person(),
  'POST /api/v1/quarantine/{id}/discard': person('resolve_quarantine'),
  'POST /api/v1/quarantine/{id}/replay': person('resolve_quarantine'),
  'GET /api/v1/safety-record': person(),

  'GET /api/v1/rollouts/{rollout}': person(),
  'GET /api/v1/rollouts/{rollout}/decision': person(),
  'GET /api/v1/rollouts/{rollout}/decisions': person(),
  'GET /api/v1/rollouts/{rollout}/protection': person(),
  'GET /api/v1/rollouts/{rollout}/windows/{start}': person(),
  'GET /api/v1/rollouts/{rollout}/windows/{start}/events': person(),
  'POST /api/v1/rollouts/{rollout}/approvals': person('approve'),
  'DELETE /api/v1/rollouts/{rollout}/approvals/{approvalId}': person(), // one's own
  'POST /api/v1/rollouts/{rollout}/checklist': person('answer_checklist'),
  'POST /api/v1/rollouts/{rollout}/promotion': person('promote'),
  'POST /api/v1/rollouts/{rollout}/rehearsals': person('rehearse'),
  'POST /api/v1/rollouts/{rollout}/restart': person('promote'),
  'POST /api/v1/rollouts/{rollout}/rollback': person('roll_back'),
  'POST /api/v1/rollouts/{rollout}/rollback/decline': person('decide_rollback'),
  'POST /api/v1/rollouts/{rollout}/sign-offs': person('sign_off'),
  'DELETE /api/v1/rollouts/{rollout}/sign-offs/{signOffId}': person(), // one's own
  'POST /api/v1/rollouts/{rollout}/start': person('promote'),
  'GET /api/v1/stops': person(),
  'POST /api/v1/stops': person(), // each kind asks for its own permission: lib/rollouts/stops
  'POST /api/v1/stops/{stopId}/release': person(),
  'GET /api/v1/reviews': person(),
  'POST /api/v1/reviews/{reviewId}/signatures': person('sign_review'),
  'GET /api/v1/incidents': person(),
  'GET /api/v1/incidents/{id}/view': person(),
  'GET /api/v1/incidents/{id}': person(),
  'POST /api/v1/incidents/{id}/close': person('close_incident'),
  'POST /api/v1/incidents/{id}/comments': person('close_incident'),
  'POST /api/v1/incidents/{id}/owner': person('close_incident'),
  'POST /api/v1/incidents/{id}/rca-shared': person('close_incident'),
  'GET /api/v1/reports': person(),
  'GET /api/v1/reports/file': person(),

  'GET /api/v1/deployments': either('read:metrics'),
  'POST /api/v1/deployments': either('write:deployments', 'record_deployment'),
  'GET /api/v1/rollouts/{rollout}/panels/{panel}': either('read:metrics'),
  'GET /api/v1/rollouts/{rollout}/verdicts': either('read:verdicts'),
  'GET /api/v1/slo': either('read:metrics'),
  'GET /api/v1/slo/csv': either('read:metrics'),
  'POST /api/v1/events': program('ingest:events'),
  'GET /api/v1/flags/flagd': program('read:flags'),
  'OPTIONS /ofrep/v1/evaluate/flags': everybody,
  'POST /ofrep/v1/evaluate/flags': program('read:flags'),
  'OPTIONS /ofrep/v1/evaluate/flags/{key}': everybody,
  'POST /ofrep/v1/evaluate/flags/{key}': program('read:flags'),
  'OPTIONS /ofrep/v1/stream': everybody,
  'GET /ofrep/v1/stream': { for: 'ticket' },
};

const ORIGIN = 'http://localhost:3917';
const PASSWORD = 'correct horse battery';
const ROOT = cliActor('test');
/** What says "not you"; other refusals are the rules' and come after who and may. */
const NOT_YOU = new Set(['permission_missing', 'scope_missing']);
const PATH_VALUES: Record<string, string> = {
  rollout: 'autosave',
  panel: 'autosave',
  start: '2026-11-20T05:00:00Z',
  key: 'autosave.enabled',
};

type Caller = {
  name: string;
  headers: Record<string, string>;
  roles: readonly string[];
  scopes: readonly ProgramScope[];
  by: 'nothing' | 'session' | 'program key' | 'personal key' | 'dead key' | 'dead session';
};

let policy: Policy;
let routes: ApiRoute[];
const callers: Caller[] = [];
let administrator: Record<string, string>;

beforeAll(async () => {
  process.env.NEXTAUTH_SECRET = 'x'.repeat(32);
  process.env.PHASEGATE_URL = ORIGIN;
  process.env.LOG_LEVEL = 'silent';
  await testDatabase();
  forgetEnv();
  const now = new Date();
  await ensureRollouts(now);
  ({ policy } = await loadPolicy());
  routes = await apiRoutes();
  const add = async (name: string, roles: string[]): Promise<Actor> => {
    const email = `${name.replaceAll(/[^a-z]/g, '-')}@example.org`;
    const { id } = await createUser({ email, name, roles, password: PASSWORD }, ROOT, policy, now);
    return { kind: 'user', id, name: email, roles, scopes: [] };
  };
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

  callers.push({ name: 'nobody', headers: {}, roles: [], scopes: [], by: 'nothing' });
  for (const role of Object.keys(policy.roles)) {
    const { name } = await add(role, [role]);
    const headers = { cookie: await signIn(name), origin: ORIGIN };
    callers.push({ name: role, headers, roles: [role], scopes: [], by: 'session' });
    if (role === 'admin') administrator = headers;
  }
  for (const scope of PROGRAM_SCOPES) {
    const { key } = await createApiKey({ name: scope, scopes: [scope] }, ROOT, now);
    callers.push({
      name: `key ${scope}`,
      headers: bearer(key),
      roles: [],
      scopes: [scope],
      by: 'program key',
    });
  }
  for (const role of ['viewer', 'admin']) {
    const owner = await add(`${role} with a key`, [role]);
    const { key } = await createPersonalKey({ name: 'k' }, owner, policy, now);
    callers.push({
      name: `key of a ${role}`,
      headers: bearer(key),
      roles: [role],
      scopes: [],
      by: 'personal key',
    });
  }
  const gone = await add('gone', ['admin']);
  const { key } = await createPersonalKey({ name: 'k' }, gone, policy, now);
  const cookie = await signIn(gone.name);
  await updateUser(gone.id, { disabled: true }, ROOT, policy, now);
  callers.push(
    { name: 'key of a disabled person', headers: bearer(key), roles: [], scopes: [], by: 'dead key' },
    {
      name: 'session of a disabled person',
      headers: { cookie, origin: ORIGIN },
      roles: [],
      scopes: [],
      by: 'dead session',
    },
  );
});
afterAll(disconnectDatabase);

async function signIn(email: string): Promise<string> {
  const ask = (path: string, init: RequestInit) =>
    handleAuth(
      new Request(`${ORIGIN}/api/auth/${path}`, {
        ...init,
        headers: { host: new URL(ORIGIN).host, 'x-forwarded-for': email, ...init.headers },
      }),
      path.split('/'),
    );
  const start = await ask('csrf', {});
  const { csrfToken } = (await start.json()) as { csrfToken: string };
  const cookie = start.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const response = await ask('callback/credentials', {
    method: 'POST',
    headers: { origin: ORIGIN, cookie, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ csrfToken, email, password: PASSWORD, json: 'true' }),
  });
  const opened = response.headers.getSetCookie().find((line) => line.startsWith('phasegate.session='));
  return opened?.split(';')[0] ?? '';
}

/** What the house rules say; `in`: past the door, whatever the rules behind it answer to an empty request. */
function expected(cell: Cell, caller: Caller): 'in' | 401 | 403 {
  const may = (permission: Permission) =>
    caller.roles.some((role) => policy.permissions[permission]?.includes(role)) ? 'in' : 403;
  const proven = caller.by === 'session' || caller.by === 'personal key' || caller.by === 'program key';
  switch (cell.for) {
    case 'everybody':
    case 'own protocol':
      return 'in';
    case 'ticket':
    case 'signature':
      return 401;
    case 'session':
      return caller.by === 'session' ? may(cell.permission) : 401;
    case 'person':
      return proven ? may(cell.permission) : 401;
    case 'program':
      if (caller.by === 'session' || !proven) return 401;
      return caller.scopes.includes(cell.scope) ? 'in' : 403;
    case 'either':
      if (!proven) return 401;
      return caller.scopes.includes(cell.scope) ? 'in' : may(cell.permission);
  }
}

async function call(
  name: string,
  headers: Record<string, string>,
  // A body that no route takes changes nothing wherever it gets in.
  body: unknown = { not: 'expected' },
) {
  const [method = '', path = ''] = name.split(' ');
  const handler = routes.find((route) => route.path === path)?.methods.get(method);
  if (!handler) throw new Error(`${name} is not there`);
  const params: Record<string, string> = {};
  const address = path.replaceAll(/\{(\w+)\}/g, (_, part: string) => {
    params[part] = PATH_VALUES[part] ?? '01a1fe5e-d199-722a-affb-6a0a6b820303';
    return params[part] ?? '';
  });
  const mutates = method !== 'GET' && method !== 'OPTIONS';
  const response = await handler(
    new Request(`${ORIGIN}${address}`, {
      method,
      headers: {
        host: new URL(ORIGIN).host,
        'x-forwarded-for': '10.0.0.1',
        ...(mutates ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(mutates ? { body: JSON.stringify(body) } : {}),
    }),
    { params: Promise.resolve(params) },
  );
  const isProblem = response.headers.get('content-type')?.includes('json') && response.status >= 400;
  const problem = isProblem ? ((await response.json()) as { reason?: string }) : null;
  if (!problem) await response.body?.cancel();
  return { status: response.status, reason: problem?.reason };
}

const ownDoor = Object.entries(ACCESS).filter(([, cell]) => cell.for !== 'own protocol');

describe('who may call the API', () => {
  it('is said here for every method of every route, and for none that is gone', () => {
    const there = routes.flatMap(({ path, methods }) =>
      [...methods.keys()].map((method) => `${method} ${path}`),
    );
    expect(there.length).toBeGreaterThan(40);
    expect(Object.keys(ACCESS).sort()).toEqual(there.sort());
  });

  it.each(ownDoor)('%s is open to exactly those', async (name, cell) => {
    const got: Record<string, string> = {};
    const wanted: Record<string, string> = {};
    for (const caller of callers) {
      const { status, reason } = await call(name, caller.headers);
      const refused = status === 401 || (status === 403 && NOT_YOU.has(reason ?? ''));
      got[caller.name] = refused ? String(status) : 'in';
      wanted[caller.name] = String(expected(cell, caller));
      expect(status, `${name} as ${caller.name}: ${reason}`).not.toBe(500);
    }
    expect(got).toEqual(wanted);
  });
});

describe('an order to stop', () => {
  it.each([
    ['kill', 'halt'],
    ['freeze', 'freeze'],
    ['collection', 'pause_collection'],
  ] as const)('of the kind %s asks for the permission %s [OPS-7]', async (kind, permission) => {
    const body = { kind, reason: 'a try', dryRun: true, ...(kind === 'kill' ? { confirm: '' } : {}) };
    for (const caller of callers.filter(({ by }) => by === 'session' || by === 'personal key')) {
      const { status, reason } = await call('POST /api/v1/stops', caller.headers, body);
      const may = caller.roles.some((role) => policy.permissions[permission].includes(role));
      expect([caller.name, status, reason]).toEqual(
        may ? [caller.name, 200, undefined] : [caller.name, 403, 'permission_missing'],
      );
    }
  });
});

describe('a change that another site asks a browser for', () => {
  const changes = ownDoor.filter(
    ([name, { for: whom }]) =>
      !/^(GET|OPTIONS)/.test(name) && !['program', 'everybody', 'signature'].includes(whom),
  );

  it('is looked at for every route that a cookie opens', () => {
    expect(changes.length).toBeGreaterThan(20);
  });

  it.each(changes)('is refused by %s', async (name) => {
    const { cookie = '' } = administrator;
    const cases: [Record<string, string>, string][] = [
      [{}, 'origin_missing'],
      [{ origin: 'null' }, 'origin_not_allowed'],
      [{ origin: 'http://evil.example' }, 'origin_not_allowed'],
      [{ origin: 'http://evil.example', 'x-forwarded-host': 'evil.example' }, 'origin_not_allowed'],
      [{ origin: `${ORIGIN}.evil.example` }, 'origin_not_allowed'],
      [{ origin: ORIGIN, 'sec-fetch-site': 'cross-site' }, 'cross_site'],
    ];
    for (const [headers, reason] of cases)
      expect(await call(name, { cookie, ...headers })).toEqual({ status: 403, reason });
  });
});
