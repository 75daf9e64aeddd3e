import { afterAll, beforeAll, expect, it } from 'vitest';
import { jobCatalogue } from '#inngest/catalogue.ts';
import { forgetEnv } from '#lib/config/server.ts';
import { JobListSchema } from '#lib/dashboard/index.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { cliActor } from '#lib/identity/index.ts';
import { createUser, handleAuth } from '#lib/identity/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { POST as runJob } from './[functionId]/run/route.ts';
import { GET as listJobs } from './route.ts';
import { POST as cancelRun } from './runs/[runId]/cancel/route.ts';

const HOST = 'localhost:3917';
const ORIGIN = `http://${HOST}`;
const PASSWORD = 'correct horse battery';
const RUN_ID = '0193a6c0-0000-7000-8000-000000000001';
const cookies: Record<string, string> = {};

beforeAll(async () => {
  Object.assign(process.env, {
    NEXTAUTH_SECRET: 'x'.repeat(32),
    PHASEGATE_URL: ORIGIN,
    INNGEST_BASE_URL: 'http://127.0.0.1:9', // nothing listens there
    INNGEST_SIGNING_KEY: 'signkey-prod-abcd',
    INNGEST_EVENT_KEY: 'key',
  });
  await testDatabase();
  forgetEnv();
  const { policy } = await loadPolicy();
  for (const role of ['viewer', 'sre']) {
    const user = { email: `${role}@example.org`, name: role, roles: [role], password: PASSWORD };
    await createUser(user, cliActor('test'), policy, new Date());
    cookies[role] = await signIn(user.email);
  }
  await database().jobRun.create({
    data: {
      id: RUN_ID,
      functionId: 'phasegate-watchdog',
      eventId: 'e',
      event: { name: 'phasegate/watch.requested' },
      state: 'failed',
      error: { name: 'Error', message: 'no luck' },
      endedAt: new Date(),
    },
  });
});
afterAll(disconnectDatabase);

async function signIn(email: string): Promise<string> {
  const start = await handleAuth(new Request(`${ORIGIN}/api/auth/csrf`, { headers: { host: HOST } }), [
    'csrf',
  ]);
  const { csrfToken } = (await start.json()) as { csrfToken: string };
  const cookie = start.headers.getSetCookie().map((line) => line.split(';')[0]);
  const headers = { host: HOST, origin: ORIGIN, cookie: cookie.join('; ') };
  const body = new URLSearchParams({ csrfToken, email, password: PASSWORD, json: 'true' });
  const request = new Request(`${ORIGIN}/api/auth/callback/credentials`, { method: 'POST', headers, body });
  const response = await handleAuth(request, ['callback', 'credentials']);
  const session = response.headers.getSetCookie().find((line) => line.startsWith('phasegate.session='));
  return session?.split(';')[0] ?? '';
}

function request(method: string, role: string | undefined, query = ''): Request {
  const cookie = role === undefined ? {} : { cookie: cookies[role] ?? '' };
  return new Request(`${ORIGIN}/api/v1/jobs${query}`, {
    method,
    headers: { host: HOST, origin: ORIGIN, ...cookie },
  });
}
const params = (values: Record<string, string>) => ({ params: Promise.resolve(values) });

it('lists functions and runs for whoever may look, in the shape the page expects [OPS-18]', async () => {
  expect((await listJobs(request('GET', undefined), params({}))).status).toBe(401);
  const response = await listJobs(request('GET', 'viewer', '?limit=1'), params({}));
  expect(response.status).toBe(200);
  const list = JobListSchema.parse(await response.json());
  expect(list.functions.map(({ id }) => id)).toEqual(jobCatalogue.map(({ id }) => id));
  expect(list.functions.find(({ id }) => id === 'phasegate-watchdog')?.lastRun?.error).toBe('Error: no luck');
  expect(list.runs.map(({ id, state }) => [id, state])).toEqual([[RUN_ID, 'failed']]);
  expect((await listJobs(request('GET', 'viewer', '?before=x'), params({}))).status).toBe(400);
});

it('lets only those start and cancel jobs whose role may', async () => {
  const target = params({ functionId: 'phasegate-watchdog' });
  expect((await runJob(request('POST', 'viewer'), target)).status).toBe(403);
  expect((await cancelRun(request('POST', 'viewer'), params({ runId: RUN_ID }))).status).toBe(403);
  expect((await runJob(request('POST', 'sre'), params({ functionId: 'nothing' }))).status).toBe(404);
  expect((await cancelRun(request('POST', 'sre'), params({ runId: 'x' }))).status).toBe(404);
});

it('says so when the engine does not answer, and has the wish on record all the same', async () => {
  const response = await cancelRun(request('POST', 'sre'), params({ runId: RUN_ID }));
  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([502, 'UPSTREAM']);
  const audited = await database().auditEntry.findFirst({ where: { action: 'job.cancel_requested' } });
  expect(audited).toMatchObject({ subject: `job:${RUN_ID}`, actorName: 'sre' });
});
