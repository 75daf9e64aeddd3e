import { afterAll, beforeAll, expect, it } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { database, disconnectDatabase, inTransaction } from '#lib/database/server.ts';
import type { RouteHandler } from '#lib/http/server.ts';
import { type Actor, cliActor, SYSTEM_ACTOR } from '#lib/identity/index.ts';
import { createPersonalKey, createUser } from '#lib/identity/server.ts';
import { IncidentDetailSchema } from '#lib/incidents/detail.schema.ts';
import { openIncident } from '#lib/incidents/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { writeIncidentReports } from '#lib/reporter/server.ts';
import { climbed } from '#scripts/test/climbed-rollout.ts';
import { telemetryRoot } from '#scripts/test/telemetry-root.ts';
import { GET as downloadReport } from '../reports/file/route.ts';
import { GET as getReports } from '../reports/route.ts';
import { POST as close } from './[id]/close/route.ts';
import { POST as comment } from './[id]/comments/route.ts';
import { POST as own } from './[id]/owner/route.ts';
import { POST as shareRca } from './[id]/rca-shared/route.ts';
import { GET as getIncident } from './[id]/route.ts';

const ORIGIN = 'http://localhost:3917';
const NOW = new Date();
const keys = new Map<string, string>();
const ids = new Map<string, string>();
let incident: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  process.env.NEXTAUTH_SECRET = 'x'.repeat(32);
  process.env.PHASEGATE_URL = ORIGIN;
  await climbed();
  ({ remove } = await telemetryRoot());
  forgetEnv();
  const { policy } = await loadPolicy();
  for (const role of ['on_call', 'viewer']) {
    const about = {
      email: `${role}@example.org`,
      name: role,
      roles: [role],
      password: 'correct horse battery',
    };
    const { id } = await createUser(about, cliActor('test'), policy, NOW);
    const person: Actor = { kind: 'user', id, name: role, roles: [role], scopes: [] };
    keys.set(role, (await createPersonalKey({ name: 'laptop' }, person, policy, NOW)).key);
    ids.set(role, id);
  }
  incident = await inTransaction(async (tx) => {
    const { id } = await openIncident(tx, {
      rolloutId: 'autosave',
      phase: 'C',
      cause: 'slo_violation',
      severity: 'minor',
      details: {},
      actor: SYSTEM_ACTOR,
      at: NOW,
    });
    return id;
  });
  await writeIncidentReports(new Date());
});
afterAll(async () => {
  await disconnectDatabase();
  await remove();
});

function call(handler: RouteHandler, role: string, options: { body?: unknown; query?: string } = {}) {
  const { body, query = '' } = options;
  const request = new Request(`${ORIGIN}/api/v1/incidents/${incident}${query}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${keys.get(role)}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return handler(request, { params: Promise.resolve({ id: incident }) });
}

it('shows an incident with its steps, timeline and files to everybody who may look [INC-1] [INC-2]', async () => {
  const response = await call(getIncident, 'viewer');
  expect(response.status).toBe(200);
  const detail = IncidentDetailSchema.parse(await response.json());
  expect(detail.steps.map(({ step }) => step)).toEqual([
    'received',
    'escalation',
    'rollback',
    'rca',
    'closure',
  ]);
  expect(detail.reports.map(({ kind }) => kind)).toEqual(['rca']);
});

it('takes an owner and comments from those who handle incidents, and refuses the closing by its reason [INC-1] [INC-2]', async () => {
  const named = await call(own, 'on_call', { body: { ownerId: ids.get('on_call') } });
  expect(IncidentDetailSchema.parse(await named.json()).owner).toEqual({
    id: ids.get('on_call'),
    name: 'on_call',
  });
  const said = await call(comment, 'on_call', { body: { step: 'rca', comment: ' looking ' } });
  const detail = IncidentDetailSchema.parse(await said.json());
  expect(detail.steps[3]?.comment).toBe('looking');
  expect(detail.timeline.map(({ kind }) => kind)).toEqual(['owner', 'comment']);
  expect((await call(comment, 'viewer', { body: { step: 'rca', comment: 'x' } })).status).toBe(403);
  expect((await call(comment, 'on_call', { body: { step: 'other', comment: 'x' } })).status).toBe(400);
  const refused = await call(close, 'on_call', { body: { reason: 'it is over' } });
  expect([refused.status, await refused.json()]).toMatchObject([409, { reason: 'not_recovered' }]);
  expect(await database().incident.count({ where: { state: 'open' } })).toBe(1);
});

it('takes the address of the RCA from those who handle incidents, and only an address [ROL-6]', async () => {
  const shared = await call(shareRca, 'on_call', { body: { url: 'https://wiki.example.org/rca' } });
  expect(IncidentDetailSchema.parse(await shared.json()).rcaShared).toMatchObject({
    byName: 'on_call',
    url: 'https://wiki.example.org/rca',
  });
  for (const url of ['javascript:alert(1)', 'wiki', ''])
    expect((await call(shareRca, 'on_call', { body: { url } })).status).toBe(400);
  expect((await call(shareRca, 'viewer', { body: { url: 'https://x.example' } })).status).toBe(403);
});

it('lists reports and gives one as Markdown under its own name [REP-5]', async () => {
  const listed = await call(getReports, 'viewer', { query: `?kind=rca&incident=${incident}` });
  const { reports } = (await listed.json()) as { reports: { path: string; sha256: string }[] };
  expect(reports).toHaveLength(1);
  const path = reports[0]?.path ?? '';
  const file = await call(downloadReport, 'viewer', { query: `?path=${encodeURIComponent(path)}` });
  expect(file.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
  expect(file.headers.get('content-disposition')).toBe(
    `attachment; filename*=UTF-8''${path.split('/').at(-1)}`,
  );
  expect(await file.text()).toMatch(/^# 原因分析（下書き）Incident-001/);
  const missing = await call(downloadReport, 'viewer', { query: '?path=../../etc/passwd' });
  expect(missing.status).toBe(404);
});
