import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { database, inTransaction } from '#lib/database/server.ts';
import { type Actor, cliActor } from '#lib/identity/index.ts';
import { enqueueMessage } from '#lib/outbox/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { deliverDue, sendDeliveryAgain } from '#lib/reporter/server.ts';
import { emptyTables, testDatabase } from '#scripts/test/database.ts';
import { readDeliveries } from './delivery-list.run.ts';
import { DeliveryListSchema, DeliveryQuerySchema } from './delivery-list.schema.ts';

const start = new Date('2026-11-21T00:00:00Z');
const at = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const viewer: Actor = { ...cliActor('test'), kind: 'user', roles: ['viewer'] };

beforeAll(async () => {
  for (const name of ['SLACK_BOT_TOKEN', 'PAGERDUTY_ROUTING_KEYS', 'GITHUB_TOKEN', 'GITHUB_REPOSITORY'])
    Reflect.deleteProperty(process.env, name);
  await testDatabase();
  forgetEnv();
});
beforeEach(async () => {
  await emptyTables('message', 'delivery', 'delivery_attempt', 'channel_circuit', 'incident');
});

async function enqueue(count: number): Promise<void> {
  const { policy } = await loadPolicy();
  for (let i = 0; i < count; i++)
    await inTransaction((tx) =>
      enqueueMessage(tx, policy, {
        dedupKey: `rollback:${i}`,
        cause: { kind: 'rollback', changeId: randomUUID() },
        rolloutId: 'autosave',
        phase: 'B',
        at: at(i),
      }),
    );
}
const list = async (query: Record<string, unknown> = {}) =>
  DeliveryListSchema.parse(await readDeliveries(DeliveryQuerySchema.parse(query), viewer, at(100)));

describe('the list of deliveries', () => {
  it('shows every delivery once over its pages, newest message first [REP-3]', async () => {
    await enqueue(7);
    const all = (await list()).rows.map(({ id }) => id);
    expect(all.length).toBeGreaterThanOrEqual(7);
    const paged: string[] = [];
    for (let before: string | null = null, pages = 0; pages < 100; pages++) {
      const page = await list({ limit: 2, ...(before === null ? {} : { before }) });
      paged.push(...page.rows.map(({ id }) => id));
      before = page.nextBefore;
      if (before === null) break;
    }
    expect(paged).toEqual(all);
    const seconds = (await list()).rows.map(({ createdAt }) => Date.parse(createdAt));
    expect(seconds).toEqual(seconds.toSorted((one, other) => other - one));
  });

  it('is narrowed down to an incident, and names it [INC-1] [REP-3]', async () => {
    await enqueue(2);
    const { id, number } = await database().incident.create({
      data: { rolloutId: 'autosave', phase: 'B', cause: 'slo_violation', severity: 'major', openedAt: start },
    });
    const all = (await list()).rows.length;
    expect((await list({ incident: id })).rows).toEqual([]);
    await database().message.updateMany({ where: { dedupKey: 'rollback:1' }, data: { incidentId: id } });
    const narrowed = await list({ incident: id });
    expect(narrowed.rows.length).toBe(all / 2);
    const key = `Incident-${String(number).padStart(3, '0')}`;
    expect(new Set(narrowed.rows.map(({ incident }) => incident?.key))).toEqual(new Set([key]));
    expect(narrowed.incidents).toEqual([{ id, key }]);
  });

  it('says which channel took over what another gave up, and what is not set up here [REP-3]', async () => {
    await enqueue(1);
    await deliverDue(() => at(10));
    const { rows, channels, sendAgain } = await list();
    const given = rows.filter(({ state }) => state === 'fallen_back');
    expect(given.length).toBeGreaterThan(0);
    for (const row of given) {
      expect(row.takenOverBy).not.toBeNull();
      expect(row.attempts).toMatchObject([{ number: 1, outcome: 'failed', httpStatus: null }]);
      expect(row.attempts[0]?.error).toContain('is not set up');
    }
    expect(rows.find(({ channel }) => channel === 'log')).toMatchObject({
      state: 'delivered',
      insteadOf: expect.any(String),
    });
    expect(channels.find(({ kind }) => kind === 'slack')?.missing).toBe('SLACK_BOT_TOKEN');
    expect(channels.find(({ kind }) => kind === 'pagerduty')?.missing).toBe('PAGERDUTY_ROUTING_KEYS');
    expect(sendAgain.allowed).toBe(false);
  });

  it('is narrowed down by state, channel, level and rollout [REP-3]', async () => {
    await enqueue(2);
    await deliverDue(() => at(10));
    const { rows } = await list();
    const count = async (query: Record<string, unknown>) => (await list(query)).rows.length;
    for (const state of ['fallen_back', 'failed', 'delivered', 'due'] as const)
      expect(await count({ state })).toBe(rows.filter((row) => row.state === state).length);
    expect(await count({ channel: 'log' })).toBe(rows.filter(({ channel }) => channel === 'log').length);
    expect(await count({ level: 'critical', rollout: 'autosave' })).toBe(rows.length);
    expect(await count({ level: 'info' })).toBe(0);
    expect(await count({ rollout: 'autosave-merge' })).toBe(0);
  });

  it('leaves a channel alone in words while its circuit is open [REP-3]', async () => {
    await database().channelCircuit.create({
      data: { channel: 'incident', failures: 5, openUntil: at(200) },
    });
    const health = async () => (await list()).channels.find(({ channel }) => channel === 'incident');
    expect(await health()).toMatchObject({ failures: 5, openUntil: at(200).toISOString() });
    await database().channelCircuit.updateMany({ data: { openUntil: at(100) } });
    expect(await health()).toMatchObject({ openUntil: null });
  });
});

it('sends again with the reason on record, and nothing more while it is on its way [REP-3]', async () => {
  await enqueue(1);
  await deliverDue(() => at(10));
  const [row] = (await list({ channel: 'log' })).rows;
  if (!row) throw new Error('nothing reached the log');
  const actor = { id: 'p', name: 'Aoi' };
  const press = () => sendDeliveryAgain({ deliveryId: row.id, reason: 'nobody saw it', actor, now: at(20) });
  expect(await press()).toEqual({ outcome: 'due_again', callsNobody: false });
  expect(await press()).toEqual({ outcome: 'already_on_its_way', callsNobody: false });
  expect((await list({ state: 'due' })).rows.map(({ id }) => id)).toEqual([row.id]);
  const audited = await database().auditEntry.findMany({ where: { action: 'delivery.sent_again' } });
  expect(audited).toHaveLength(1);
  expect(audited[0]).toMatchObject({ reason: 'nobody saw it', subject: `delivery:${row.id}` });
  await deliverDue(() => at(30));
  expect((await list({ channel: 'log' })).rows[0]?.attempts).toHaveLength(2);
  await expect(
    sendDeliveryAgain({ deliveryId: randomUUID(), reason: 'no such thing', actor, now: at(20) }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
