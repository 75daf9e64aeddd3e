import { afterAll, beforeAll, expect, it } from 'vitest';
import { PanelViewSchema, VerdictListSchema } from '#lib/dashboard/index.ts';
import { disconnectDatabase } from '#lib/database/server.ts';
import type { RouteHandler } from '#lib/http/server.ts';
import { type ApiScope, cliActor } from '#lib/identity/index.ts';
import { createApiKey } from '#lib/identity/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { GET as getPanel } from './[rollout]/panels/[panel]/route.ts';
import { GET as getVerdicts } from './[rollout]/verdicts/route.ts';

const NOW = new Date();
const keys = new Map<ApiScope, string>();

beforeAll(async () => {
  await testDatabase();
  await ensureRollouts(NOW);
  for (const scope of ['read:metrics', 'read:verdicts'] as const) {
    const { key } = await createApiKey({ name: scope, scopes: [scope] }, cliActor('test'), NOW);
    keys.set(scope, key);
  }
});
afterAll(disconnectDatabase);

async function get(handler: RouteHandler, params: Record<string, string>, query = '', scope?: ApiScope) {
  const response = await handler(
    new Request(`http://localhost/api/v1/rollouts${query}`, {
      headers: scope ? { authorization: `Bearer ${keys.get(scope)}` } : {},
    }),
    { params: Promise.resolve(params) },
  );
  return { status: response.status, body: (await response.json()) as unknown };
}

const PANEL = { rollout: 'autosave', panel: 'autosave' };

it('answers a panel in the shape that pages parse, to a key with its scope only [DASH-1] [OPS-20]', async () => {
  const answer = await get(getPanel, PANEL, '?range=7d', 'read:metrics');
  expect(answer.status).toBe(200);
  expect(PanelViewSchema.parse(answer.body)).toMatchObject({
    rolloutId: 'autosave',
    range: '7d',
    phase: 'A',
  });
  expect((await get(getPanel, PANEL, '', 'read:verdicts')).status).toBe(403);
  expect((await get(getPanel, PANEL)).status).toBe(401);
});

it('answers verdicts page by page, to a key with its scope only [ANA-4] [OPS-20]', async () => {
  const before = `?before=${encodeURIComponent(NOW.toISOString())}`;
  const answer = await get(getVerdicts, { rollout: 'autosave' }, before, 'read:verdicts');
  expect(answer.status).toBe(200);
  expect(VerdictListSchema.parse(answer.body)).toMatchObject({ verdicts: [], nextBefore: null });
  expect((await get(getVerdicts, { rollout: 'autosave' }, '', 'read:metrics')).status).toBe(403);
});

it.each([
  ['an unknown range', getPanel, PANEL, '?range=1y', 'read:metrics', 400],
  ['an unknown panel', getPanel, { rollout: 'autosave', panel: 'x' }, '', 'read:metrics', 404],
  ['a panel the rollout lacks', getPanel, { rollout: 'autosave', panel: 'merge' }, '', 'read:metrics', 404],
  ['an unknown rollout', getVerdicts, { rollout: 'x' }, '', 'read:verdicts', 404],
  ['a time that is none', getVerdicts, { rollout: 'autosave' }, '?before=soon', 'read:verdicts', 400],
] as const)('refuses %s with a clear status [OPS-20]', async (_, handler, params, query, scope, status) => {
  expect((await get(handler, params, query, scope)).status).toBe(status);
});
