import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database, inTransaction } from '#lib/database/server.ts';
import type { SendResult } from '#lib/integrations/index.ts';
import { enqueueMessage } from '#lib/outbox/server.ts';
import type { LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { emptyTables, testDatabase } from '#scripts/test/database.ts';
import { claimDelivery, type DeliveryClaim, recordAttempt, sendAgain } from './delivery.store.ts';

const start = new Date('2026-11-21T00:00:00Z');
const at = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const delivered: SendResult = { outcome: 'delivered', ref: { ts: '1' }, httpStatus: 200 };
const down: SendResult = { outcome: 'retry', error: 'HTTP 503', httpStatus: 503, retryAfterSeconds: null };
let loaded: LoadedPolicy;

beforeAll(async () => {
  await testDatabase();
  loaded = await loadPolicy();
});
beforeEach(async () => {
  await emptyTables('message', 'delivery', 'delivery_attempt', 'channel_circuit', 'incident');
});

let changes = 0;
function rollback(options: { key?: string; incidentId?: string } = {}) {
  changes += 1;
  return inTransaction((tx) =>
    enqueueMessage(tx, loaded.policy, {
      dedupKey: options.key ?? `rollback:${changes}`,
      cause: { kind: 'rollback', changeId: randomUUID() },
      rolloutId: 'autosave',
      phase: 'B',
      incidentId: options.incidentId ?? null,
      at: start,
    }),
  );
}
const claim = (seconds: number) => claimDelivery(at(seconds), loaded.retries.circuits.delivery);
async function claimed(seconds: number): Promise<DeliveryClaim> {
  const taken = await claim(seconds);
  if (!taken) throw new Error(`nothing was due at ${seconds} s`);
  return taken;
}
const states = async () =>
  (await database().delivery.findMany({ orderBy: [{ message: { seq: 'asc' } }, { position: 'asc' }] })).map(
    ({ channel, state }) => `${channel} ${state}`,
  );

describe('the outbox', () => {
  it('keeps a message once however often it is caused, and not at all when its cause is undone [REP-3]', async () => {
    expect(await rollback({ key: 'same' })).not.toBeNull();
    expect(await rollback({ key: 'same' })).toBeNull();
    await expect(
      inTransaction(async (tx) => {
        await enqueueMessage(tx, loaded.policy, {
          dedupKey: 'undone',
          cause: { kind: 'rollback', changeId: randomUUID() },
          rolloutId: 'autosave',
          phase: 'B',
          at: start,
        });
        throw new Error('the cause failed');
      }),
    ).rejects.toThrow('the cause failed');
    expect(await database().message.count()).toBe(1);
    expect(await states()).toEqual(['incident-autosave due', 'pagerduty-autosave due', 'issue due']);
  });

  it('tells Slack first: the next channel waits until the one before has ended [REP-3]', async () => {
    await rollback();
    const slack = await claimed(0);
    expect(slack).toMatchObject({
      channel: 'incident-autosave',
      sink: 'slack',
      attempt: 1,
      mayHaveArrived: false,
    });
    expect(await claim(1)).toBeNull();
    expect(await recordAttempt(loaded, slack, delivered, at(2))).toBe(true);
    expect((await claimed(3)).channel).toBe('pagerduty-autosave');
  });

  it('calls PagerDuty after a minute in which Slack did not take it, and tells Slack when it can [REP-3] [INC-1]', async () => {
    await rollback();
    const slack = await claimed(5);
    await recordAttempt(loaded, slack, { ...down, retryAfterSeconds: 600 }, at(6));
    expect(await claim(64)).toBeNull();
    expect((await claimed(66)).sink).toBe('pagerduty');
    expect(await claimed(607)).toMatchObject({ deliveryId: slack.deliveryId, attempt: 2 });
  });

  it('holds the order for a message that nobody has looked at for an hour [REP-3]', async () => {
    await rollback();
    expect((await claimed(3600)).sink).toBe('slack');
    expect(await claim(3601)).toBeNull();
  });

  it('calls PagerDuty where Slack is left alone or busy with what came before [REP-3]', async () => {
    const incident = await database().incident.create({
      data: { rolloutId: 'autosave', phase: 'B', cause: 'slo_violation', severity: 'major', openedAt: start },
    });
    await rollback({ incidentId: incident.id });
    await rollback({ incidentId: incident.id });
    await recordAttempt(loaded, await claimed(0), { ...down, retryAfterSeconds: 600 }, at(0));
    const first = await claimed(61);
    expect(first.sink).toBe('pagerduty');
    await recordAttempt(loaded, first, delivered, at(62));
    const calls = await Promise.all([claim(63), claim(63), claim(63)]);
    expect(calls.flatMap((each) => (each ? [each.sink] : [])).sort()).toEqual(['issue', 'pagerduty']);
  });

  it('tells one incident’s messages in order in each channel', async () => {
    const incident = await database().incident.create({
      data: { rolloutId: 'autosave', phase: 'B', cause: 'slo_violation', severity: 'major', openedAt: start },
    });
    await rollback({ incidentId: incident.id });
    await rollback({ incidentId: incident.id });
    const first = await claimed(0);
    expect(await claim(0)).toBeNull();
    await recordAttempt(loaded, first, down, at(1));
    expect(await claim(2)).toBeNull();
    const again = await claimed(10);
    expect(again).toMatchObject({ deliveryId: first.deliveryId, attempt: 2 });
    await recordAttempt(loaded, again, delivered, at(11));
    const next = [await claimed(12), await claimed(12)].map(({ sink }) => sink).sort();
    expect(next).toEqual(['pagerduty', 'slack']);
  });

  it('falls back from Slack to the issue, which it had before, and then to the log [REP-3]', async () => {
    await rollback();
    for (let attempt = 1; attempt <= 7; attempt++) {
      await database().channelCircuit.deleteMany();
      await recordAttempt(loaded, await claimed(attempt * 10_000), down, at(attempt * 10_000));
    }
    expect(await states()).toEqual([
      'incident-autosave failed',
      'pagerduty-autosave due',
      'issue due',
      'log due',
    ]);
    const log = await database().delivery.findFirstOrThrow({ where: { channel: 'log' } });
    const slack = await database().delivery.findFirstOrThrow({ where: { channel: 'incident-autosave' } });
    expect(log.fallbackOf).toBe(slack.id);
    expect(slack).toMatchObject({ lastError: 'HTTP 503', attempt: 7 });
    expect(
      await database().deliveryAttempt.count({ where: { deliveryId: slack.id, outcome: 'retry' } }),
    ).toBe(7);
  });

  it('leaves a channel that keeps failing alone, and tries it again when that time is over', async () => {
    for (let i = 0; i < 6; i++) await rollback();
    for (let i = 0; i < 5; i++) await recordAttempt(loaded, await claimed(0), down, at(0));
    expect(await claim(59)).toBeNull();
    const trial = await claimed(121);
    expect(trial.sink).toBe('slack');
    await recordAttempt(loaded, trial, delivered, at(121));
    expect(
      await database().channelCircuit.findUnique({ where: { channel: 'incident-autosave' } }),
    ).toMatchObject({
      failures: 0,
      openUntil: null,
    });
  });

  it('takes over from a sender that died, knows that it may have arrived, and lets the dead one write nothing', async () => {
    await rollback();
    const dead = await claimed(0);
    expect(await claim(59)).toBeNull();
    const next = await claimed(61);
    expect(next).toMatchObject({ deliveryId: dead.deliveryId, attempt: 2, mayHaveArrived: true });
    expect(await recordAttempt(loaded, dead, delivered, at(62))).toBe(false);
    expect(await states()).toContain('incident-autosave sending');
    expect(await recordAttempt(loaded, next, { outcome: 'unknown', error: 'reset' }, at(63))).toBe(true);
    expect(await claimed(100)).toMatchObject({ attempt: 3, mayHaveArrived: true });
  });

  it('gives each delivery to one of eight senders [REP-3]', async () => {
    for (let i = 0; i < 20; i++) await rollback();
    const taken = (
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          const mine: string[] = [];
          for (let taken = await claim(0); taken; taken = await claim(0)) mine.push(taken.deliveryId);
          return mine;
        }),
      )
    ).flat();
    expect(new Set(taken).size).toBe(taken.length);
    expect(taken).toHaveLength(20);
  });

  it('is sent again only when a person asks and it is not on its way', async () => {
    await rollback();
    const sent = await claimed(0);
    const again = () =>
      inTransaction((tx) => sendAgain(tx, { id: sent.deliveryId, attempt: sent.attempt }, at(5)));
    expect(await again()).toBe(false);
    await recordAttempt(loaded, sent, delivered, at(1));
    expect(await again()).toBe(true);
    expect(await claimed(6)).toMatchObject({
      deliveryId: sent.deliveryId,
      attempt: 2,
      askedAfter: 1,
      mayHaveArrived: false,
    });
  });

  it('sent again has a plan of its own, and what arrived before is not taken for it [REP-3]', async () => {
    await rollback();
    const first = await claimed(0);
    await recordAttempt(loaded, first, { outcome: 'unknown', error: 'reset' }, at(0));
    for (let attempt = 2; attempt <= 7; attempt++) {
      await database().channelCircuit.deleteMany();
      const { deliveryId } = first;
      await database().delivery.updateMany({ where: { id: { not: deliveryId } }, data: { state: 'failed' } });
      await recordAttempt(loaded, await claimed(attempt * 10_000), down, at(attempt * 10_000));
    }
    const ended = await database().delivery.findUniqueOrThrow({ where: { id: first.deliveryId } });
    expect(ended).toMatchObject({ state: 'failed', attempt: 7 });
    await database().channelCircuit.deleteMany();
    await inTransaction((tx) => sendAgain(tx, ended, at(100_000)));
    const again = await claimed(100_000);
    expect(again).toMatchObject({ attempt: 8, askedAfter: 7, mayHaveArrived: false });
    await recordAttempt(loaded, again, down, at(100_001));
    expect(await database().delivery.findUniqueOrThrow({ where: { id: first.deliveryId } })).toMatchObject({
      state: 'due',
    });
  });
});
