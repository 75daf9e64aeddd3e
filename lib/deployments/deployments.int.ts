import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import {
  deploymentsWithin,
  listDeployments,
  type RecordDeploymentCommand,
  recordDeployment,
} from './server.ts';

const NOW = new Date('2026-11-24T03:05:00.000Z');
const minutes = (count: number) => new Date(NOW.getTime() + count * 60_000).toISOString();
let round = 0;
const ask = (over: Partial<RecordDeploymentCommand> = {}): RecordDeploymentCommand => ({
  key: `run-${round}`,
  rollout: 'autosave',
  name: 'editor',
  version: '4.2.0',
  url: 'https://ci.example.org/runs/7',
  dryRun: false,
  actor: { id: 'key-1', name: 'ci' },
  trigger: 'api',
  now: NOW,
  ...over,
});

beforeAll(async () => {
  await testDatabase();
  await ensureRollouts(NOW);
});
afterAll(disconnectDatabase);
beforeEach(() => {
  round += 1;
});

describe('a deployment that a pipeline reports', () => {
  it('is kept and audited once, however often and however much at once it is sent [DASH-1]', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => recordDeployment(ask())));
    expect(answers.map(({ outcome }) => outcome).sort()).toEqual([
      'already_recorded',
      'already_recorded',
      'already_recorded',
      'recorded',
    ]);
    expect(await database().deployment.count()).toBe(1);
    const audit = await database().auditEntry.findMany({ where: { action: 'deployment.recorded' } });
    expect(audit).toMatchObject([
      { actorName: 'ci', subject: 'rollout:autosave', details: { version: '4.2.0', trigger: 'api' } },
    ]);
  });

  it('is the same one when it is repeated later without a time, and another with another time [DASH-1]', async () => {
    const first = await recordDeployment(ask());
    const again = await recordDeployment(ask({ now: new Date(NOW.getTime() + 3_600_000) }));
    expect([first.outcome, again.outcome]).toEqual(['recorded', 'already_recorded']);
    await expect(recordDeployment(ask({ deployedAt: minutes(-60) }))).rejects.toMatchObject({
      reason: 'key_used',
    });
    await expect(recordDeployment(ask({ version: '4.2.1' }))).rejects.toMatchObject({ reason: 'key_used' });
    // Another actor has keys of their own.
    const other = await recordDeployment(ask({ actor: { id: 'key-2', name: 'cd' }, version: '4.2.1' }));
    expect(other.outcome).toBe('recorded');
  });

  it('is refused of an unknown rollout, in the future and before anything that is kept [DASH-1]', async () => {
    const before = await database().deployment.count();
    await expect(recordDeployment(ask({ rollout: '__proto__' }))).rejects.toMatchObject({
      reason: 'rollout_unknown',
    });
    await expect(recordDeployment(ask({ deployedAt: minutes(6) }))).rejects.toMatchObject({
      reason: 'in_future',
    });
    await expect(recordDeployment(ask({ deployedAt: '2020-01-01T00:00:00Z' }))).rejects.toMatchObject({
      reason: 'too_old',
    });
    expect(await recordDeployment(ask({ dryRun: true }))).toEqual({
      outcome: 'would_record',
      rollout: 'autosave',
      deployedAt: NOW.toISOString(),
    });
    expect(await database().deployment.count()).toBe(before);
    expect((await recordDeployment(ask({ deployedAt: minutes(5) }))).outcome).toBe('recorded');
  });

  it('can neither be changed nor deleted afterwards [DASH-1]', async () => {
    await expect(database().deployment.updateMany({ data: { version: 'x' } })).rejects.toThrow(/append-only/);
    await expect(database().deployment.deleteMany()).rejects.toThrow(/append-only/);
  });

  it('is found by when users got it, and listed page by page in the order of the record [DASH-1]', async () => {
    await recordDeployment(ask({ version: '5.0.0', deployedAt: '2026-11-23T10:00:00+09:00' }));
    const found = await deploymentsWithin({
      rolloutId: 'autosave',
      from: new Date('2026-11-23T01:00:00Z'),
      to: new Date('2026-11-23T01:00:01Z'),
      limit: 10,
    });
    expect(found).toMatchObject([{ version: '5.0.0', deployedAt: '2026-11-23T01:00:00.000Z' }]);
    const first = await listDeployments({ limit: 2 });
    const rest = await listDeployments({ limit: 50, before: first.nextBefore ?? 0 });
    expect(first.deployments[0]?.version).toBe('5.0.0');
    const numbers = [...first.deployments, ...rest.deployments].map(({ number }) => number);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => b - a));
    expect((await listDeployments({ limit: 50, rollout: 'autosave-merge' })).deployments).toEqual([]);
  });
});
