import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import type { Actor } from '#lib/identity/index.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { readyInA } from '#scripts/test/ready-rollout.ts';
import { readAttention, readOverview, readShell } from './server.ts';

const NOW = new Date('2026-11-20T05:03:00Z');
const SRE: Actor = { kind: 'user', id: 'sre', name: 'SRE', roles: ['sre'], scopes: [] };

beforeAll(async () => {
  await testDatabase();
  await readyInA(NOW);
});
afterAll(disconnectDatabase);

it('begins every page with what the overview and the inbox say [DASH-1, DASH-5]', async () => {
  const { overview, attention } = await readShell(SRE, NOW);
  expect(overview).toEqual(await readOverview(NOW));
  expect(attention).toEqual(await readAttention(SRE, NOW));
  expect(overview.rollouts.length).toBeGreaterThan(0);
});

it('looks at each rollout once for both [DASH-5]', async () => {
  const looked = vi.spyOn(database().checklistAnswer, 'findMany');
  const rollouts = await database().rollout.count();
  await readShell(SRE, NOW);
  expect(looked).toHaveBeenCalledTimes(rollouts);
  looked.mockRestore();
});
