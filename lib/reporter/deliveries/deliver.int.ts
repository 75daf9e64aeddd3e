import { randomUUID } from 'node:crypto';
import { WebClient } from '@slack/web-api';
import type { Emulator } from 'emulate';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { database, inTransaction } from '#lib/database/server.ts';
import { slackClient } from '#lib/integrations/server.ts';
import type { MessageCause } from '#lib/outbox/index.ts';
import { enqueueMessage } from '#lib/outbox/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { emptyTables, testDatabase } from '#scripts/test/database.ts';
import {
  emulatedGitHub,
  emulatedPagerDuty,
  emulatedSlack,
  ROUTING_KEYS,
  receivedBy,
  type Service,
  speakTo,
} from '#scripts/test/services.ts';
import { faultProxy } from '../fault-proxy.fixture.ts';
import { deliverDue } from './deliver.run.ts';
import { claimDelivery } from './delivery.store.ts';
import { retireButtons } from './retire-buttons.run.ts';
import { sendDeliveryAgain } from './send-again.run.ts';

const start = new Date('2026-11-21T00:00:00Z');

let services: Record<Service, Emulator>;
let reader: WebClient;
const channelIds = new Map<string, string>();

beforeAll(async () => {
  services = {
    slack: await emulatedSlack(
      'incident',
      'incident-autosave',
      'autosave-rollout',
      'launch-autosave',
      'merge-ops',
    ),
    github: await emulatedGitHub(),
    pagerduty: await emulatedPagerDuty(),
  };
  await testDatabase();
  speakTo(services);
  reader = new WebClient('xoxb-test', { slackApiUrl: `${services.slack.url}/api/` });
  for (const channel of (await reader.conversations.list({})).channels ?? [])
    channelIds.set(channel.name ?? '', channel.id ?? '');
});
afterAll(async () => {
  await Promise.all(Object.values(services).map((service) => service.close()));
});
beforeEach(async () => {
  await emptyTables(
    'message',
    'delivery',
    'delivery_attempt',
    'channel_circuit',
    'incident',
    'verdict',
    'rollback_request',
  );
});

const history = async (name: string) =>
  (await reader.conversations.history({ channel: channelIds.get(name) ?? '', limit: 200 })).messages ?? [];
const received = () => receivedBy(services.pagerduty);
const issues = async () =>
  (await (
    await fetch(`${services.github.url}/repos/octo/ops/issues?state=all&per_page=100`, {
      headers: { authorization: 'token ghp_test' },
    })
  ).json()) as { number: number; title: string; body: string; state: string; comments: number }[];

/** A violation in phase B of `autosave`, with its incident and the rollback it requires. */
async function violation() {
  const verdict = await database().verdict.create({
    data: {
      rolloutId: 'autosave',
      phase: 'B',
      windowStart: start,
      windowEnd: new Date(start.getTime() + 900_000),
      revision: 1,
      verdict: 'violation',
      breach: true,
      rollbackRequired: true,
      rollbackTo: 'A',
      notifyLevel: 'critical',
      retryableFailures: 0n,
      policyHash: 'p',
      inputHash: randomUUID(),
      metrics: [
        {
          metric: 'save_error_rate',
          value: 0.0123,
          unit: 'ratio',
          limit: 0.005,
          limit_kind: 'max',
          warn_at: 0.004,
          verdict: 'violation',
          met: false,
          samples: 812,
          reason: 'past_limit',
          detail: {},
          shadow: false,
          window_seconds: 900,
        },
      ],
    },
  });
  const incident = await database().incident.create({
    data: {
      rolloutId: 'autosave',
      phase: 'B',
      cause: 'slo_violation',
      severity: 'major',
      openedAt: start,
      verdictId: verdict.id,
    },
  });
  const request = await database().rollbackRequest.create({
    data: {
      rolloutId: 'autosave',
      phase: 'B',
      rolloutVersion: 3,
      toPhase: 'A',
      cause: 'verdict',
      mode: 'on_call',
      verdictId: verdict.id,
      evidence: {},
      policyHash: 'p',
      openedAt: start,
      dueAt: new Date(start.getTime() + 900_000),
      lastSeenAt: start,
    },
  });
  return { incident, request };
}
async function say(cause: MessageCause, incidentId: string | null) {
  const { policy } = await loadPolicy();
  return inTransaction((tx) =>
    enqueueMessage(tx, policy, {
      dedupKey: `${cause.kind}:${JSON.stringify(cause)}`,
      cause,
      rolloutId: 'autosave',
      phase: 'B',
      incidentId,
      at: start,
    }),
  );
}
const clockAt = (seconds: number) => () => new Date(start.getTime() + seconds * 1000);

describe('telling people of an incident', () => {
  it('posts to Slack with buttons, then calls PagerDuty, then opens one issue, and follows up in the same places [REP-1] [REP-3] [REP-4]', async () => {
    const { incident, request } = await violation();
    await say({ kind: 'autosave-incident', incidentId: incident.id, requestId: request.id }, incident.id);
    await deliverDue(clockAt(1));

    const [post] = await history('incident-autosave');
    expect(post?.text).toContain('違反');
    expect(post?.text).toContain('保存失敗率');
    expect(post?.text).toContain('npm run flags:rollback -- --rollout autosave --phase A');
    expect(JSON.stringify(post)).not.toContain('{{');
    const stored = await database().incident.findUniqueOrThrow({ where: { id: incident.id } });
    expect(stored).toMatchObject({
      slackTs: post?.ts,
      slackUrl: expect.stringContaining('http'),
      pagerdutyState: 'triggered',
    });
    expect((await received()).at(-1)?.body).toMatchObject({
      routing_key: ROUTING_KEYS[0],
      event_action: 'trigger',
      dedup_key: `phasegate:Incident-${String(incident.number).padStart(3, '0')}`,
      payload: { severity: 'error', source: 'phasegate', custom_details: { priority: 'P2', phase: 'B' } },
    });
    expect((await issues()).filter(({ number }) => number === stored.issueNumber)).toMatchObject([
      { state: 'open' },
    ]);

    await database().incident.update({
      where: { id: incident.id },
      data: {
        state: 'closed',
        closedAt: new Date(start.getTime() + 7_200_000),
        closedByName: 'On-call',
        closeReason: 'green',
      },
    });
    const issuesBefore = (await issues()).length;
    const postsBefore = (await history('incident-autosave')).filter(
      (message) => !message.thread_ts || message.thread_ts === message.ts,
    );
    await say({ kind: 'incident-closed', incidentId: incident.id }, incident.id);
    await deliverDue(clockAt(2));
    const replies =
      (
        await reader.conversations.replies({
          channel: channelIds.get('incident-autosave') ?? '',
          ts: post?.ts ?? '',
        })
      ).messages ?? [];
    expect(replies.at(-1)?.text).toContain('クローズ');
    expect(
      (await history('incident-autosave')).filter(
        (message) => !message.thread_ts || message.thread_ts === message.ts,
      ),
    ).toHaveLength(postsBefore.length);
    expect((await received()).at(-1)?.body).toMatchObject({ event_action: 'resolve' });
    expect(await issues()).toHaveLength(issuesBefore);
    expect((await issues()).find(({ number }) => number === stored.issueNumber)).toMatchObject({
      state: 'closed',
    });
    expect(await database().delivery.groupBy({ by: ['state'], _count: true })).toEqual([
      { state: 'delivered', _count: 6 },
    ]);
  });

  it('does not post twice when the sender dies between sending and writing it down [REP-3]', async () => {
    const { incident, request } = await violation();
    await say({ kind: 'autosave-incident', incidentId: incident.id, requestId: request.id }, incident.id);
    const { retries } = await loadPolicy();
    const claim = await claimDelivery(start, retries.circuits.delivery);
    if (!claim) throw new Error('nothing was due');
    const before = (await history('incident-autosave')).length;
    const sent = await slackClient({ token: 'xoxb-test', apiUrl: `${services.slack.url}/api/` }).post({
      deliveryId: claim.deliveryId,
      channel: '#incident-autosave',
      writtenAt: start,
      text: 'sent, then the process died',
      blocks: [],
    });
    expect(sent.outcome).toBe('delivered');
    await deliverDue(clockAt(61));
    expect(await history('incident-autosave')).toHaveLength(before + 1);
    expect(await database().delivery.findUnique({ where: { id: claim.deliveryId } })).toMatchObject({
      state: 'delivered',
      attempt: 2,
    });
  });

  it('opens no second issue when the first was opened and not written down [REP-1]', async () => {
    const { incident, request } = await violation();
    await say({ kind: 'autosave-incident', incidentId: incident.id, requestId: request.id }, incident.id);
    await deliverDue(clockAt(1));
    const count = (await issues()).length;
    await database().incident.update({
      where: { id: incident.id },
      data: { issueNumber: null, issueUrl: null },
    });
    await database().delivery.updateMany({
      where: { sink: 'issue' },
      data: { state: 'due', nextAt: start, endedAt: null },
    });
    await deliverDue(clockAt(2));
    expect(await issues()).toHaveLength(count);
    expect(
      (await database().incident.findUniqueOrThrow({ where: { id: incident.id } })).issueNumber,
    ).not.toBeNull();
  });

  it('takes the buttons off once its question was answered elsewhere, and says who did [ROL-3]', async () => {
    const { incident, request } = await violation();
    await say({ kind: 'autosave-incident', incidentId: incident.id, requestId: request.id }, incident.id);
    await deliverDue(clockAt(1));
    const now = clockAt(70)();
    const alert = async () => {
      const { slackTs } = await database().incident.findUniqueOrThrow({ where: { id: incident.id } });
      return (await history('incident-autosave')).find(({ ts }) => ts === slackTs);
    };
    expect(await retireButtons(now)).toBe(0);
    expect(JSON.stringify(await alert())).toContain('confirm_rollback');
    await database().rollbackRequest.update({
      where: { id: request.id },
      data: { state: 'declined', decidedAt: clockAt(60)(), decidedById: 'u', decidedByName: 'On-call' },
    });
    expect(await retireButtons(now)).toBe(1);
    const changed = await alert();
    expect(changed?.text).toMatch(/今はしない\* \/ On-call \/ .+JST$/);
    expect(changed?.text).toContain('違反');
    expect(JSON.stringify(changed?.blocks)).not.toContain('confirm_rollback');
    expect(JSON.stringify(changed?.blocks)).toContain('open_dashboard');
    expect(await retireButtons(now)).toBe(0);
  });

  it('falls back from a Slack that refuses to the issue’s own delivery and the log, and says why [REP-3]', async () => {
    const { incident, request } = await violation();
    await say({ kind: 'autosave-incident', incidentId: incident.id, requestId: request.id }, incident.id);
    process.env.SLACK_BOT_TOKEN = '';
    forgetEnv();
    try {
      await deliverDue(clockAt(1));
    } finally {
      process.env.SLACK_BOT_TOKEN = 'xoxb-test';
      forgetEnv();
    }
    const all = await database().delivery.findMany({ orderBy: { position: 'asc' } });
    expect(all.map(({ channel, state }) => `${channel} ${state}`)).toEqual([
      'incident-autosave failed',
      'pagerduty-autosave delivered',
      'issue delivered',
      'log delivered',
    ]);
    expect(all[0]?.lastError).toBe('Slack (SLACK_BOT_TOKEN) is not set up');
  });

  it('posts through an incoming webhook where there is no bot token, without a question nobody could see answered [REP-1]', async () => {
    const { incident, request } = await violation();
    const before = (await history('general')).length;
    const webhook = `${services.slack.url}/services/T000000001/B000000001/X000000001`;
    const token = process.env.SLACK_BOT_TOKEN;
    Object.assign(process.env, { SLACK_BOT_TOKEN: '', SLACK_WEBHOOK_URLS: `#incident-autosave=${webhook}` });
    forgetEnv();
    try {
      await say({ kind: 'autosave-incident', incidentId: incident.id, requestId: request.id }, incident.id);
      await deliverDue(clockAt(1));
    } finally {
      Object.assign(process.env, { SLACK_BOT_TOKEN: token, SLACK_WEBHOOK_URLS: '' });
      forgetEnv();
    }
    const posts = await history('general');
    expect(posts).toHaveLength(before + 1);
    expect(posts[0]?.text).toContain('違反');
    expect(JSON.stringify(posts[0]?.blocks)).toContain('open_dashboard');
    expect(JSON.stringify(posts[0]?.blocks)).not.toContain('confirm_rollback');
    expect(await database().delivery.findFirst({ where: { sink: 'slack' } })).toMatchObject({
      state: 'delivered',
    });
    expect(await database().delivery.count({ where: { channel: 'log' } })).toBe(0);
  });

  it('tells what may have arrived through a webhook elsewhere, and never twice [REP-3]', async () => {
    const { incident, request } = await violation();
    await say({ kind: 'autosave-incident', incidentId: incident.id, requestId: request.id }, incident.id);
    const { retries } = await loadPolicy();
    expect((await claimDelivery(start, retries.circuits.delivery))?.sink).toBe('slack'); // and its sender dies
    const before = (await history('general')).length;
    const token = process.env.SLACK_BOT_TOKEN;
    const webhook = `${services.slack.url}/services/T000000001/B000000001/X000000001`;
    Object.assign(process.env, { SLACK_BOT_TOKEN: '', SLACK_WEBHOOK_URLS: `#incident-autosave=${webhook}` });
    forgetEnv();
    try {
      await deliverDue(clockAt(61));
    } finally {
      Object.assign(process.env, { SLACK_BOT_TOKEN: token, SLACK_WEBHOOK_URLS: '' });
      forgetEnv();
    }
    expect(await history('general')).toHaveLength(before);
    const all = await database().delivery.findMany({ orderBy: { position: 'asc' } });
    expect(all.map(({ sink, state }) => `${sink} ${state}`)).toEqual([
      'slack failed',
      'pagerduty delivered',
      'issue delivered',
      'log delivered',
    ]);
  });

  /** An alert that every channel has taken, and the closing of its incident after it. */
  async function closed() {
    const { incident, request } = await violation();
    await say({ kind: 'autosave-incident', incidentId: incident.id, requestId: request.id }, incident.id);
    await deliverDue(clockAt(1));
    const at = { where: { id: incident.id } };
    await database().incident.update({ ...at, data: { state: 'closed', closedAt: clockAt(2)() } });
    await say({ kind: 'incident-closed', incidentId: incident.id }, incident.id);
    await deliverDue(clockAt(3));
    return { incident, stored: await database().incident.findUniqueOrThrow(at) };
  }
  const again = async (kind: string, sink: string) =>
    await sendDeliveryAgain({
      deliveryId: (await database().delivery.findFirstOrThrow({ where: { sink, message: { kind } } })).id,
      reason: 'nobody saw it',
      actor: { id: 'p', name: 'Aoi' },
      now: clockAt(10)(),
    });

  it('puts what is delivered after the closing on the timeline, and what is sent again once more [INC-1]', async () => {
    const { incident } = await closed();
    const told = async () =>
      (
        await database().incidentEvent.findMany({
          where: { incidentId: incident.id, kind: 'message' },
          orderBy: { at: 'asc' },
        })
      ).map(({ at, details }) => ({ at, ...Object(details) }));
    const closing = (await told()).filter(({ message }) => message === 'incident-closed');
    expect(closing.map(({ sink, state }) => `${sink} ${state}`).sort()).toEqual([
      'issue delivered',
      'pagerduty delivered',
      'slack delivered',
    ]);
    const before = (await told()).length;
    await again('incident-closed', 'slack');
    await deliverDue(clockAt(20));
    expect((await told()).slice(before)).toMatchObject([
      { message: 'incident-closed', sink: 'slack', state: 'delivered', again: true, at: clockAt(20)() },
    ]);
  });

  it('calls nobody for what is sent again of a closed incident, in any channel [REP-1] [REP-3]', async () => {
    const { incident, stored } = await closed();
    const calls = (await received()).length;
    for (const sink of ['slack', 'pagerduty', 'issue'])
      expect(await again('autosave-incident', sink)).toEqual({ outcome: 'due_again', callsNobody: true });
    await deliverDue(clockAt(20));
    expect((await received()).slice(calls).map(({ path }) => path)).toEqual(['/v2/change/enqueue']);
    const { messages } = await reader.conversations.replies({
      channel: channelIds.get('incident-autosave') ?? '',
      ts: stored.slackTs ?? '',
    });
    const posted = messages?.at(-1);
    expect(posted?.text).toContain('違反');
    expect(posted?.text).toContain('終了済み');
    expect(posted?.text).not.toContain('@oncall');
    expect(JSON.stringify(posted?.blocks)).not.toContain('confirm_rollback');
    expect((await issues()).find(({ number }) => number === stored.issueNumber)).toMatchObject({
      state: 'closed',
      comments: 2,
    });
    expect(await database().incident.findUniqueOrThrow({ where: { id: incident.id } })).toMatchObject({
      pagerdutyState: 'resolved',
    });
  });

  it('resolves and closes nothing by an old closing that is sent again after a reopening [INC-1]', async () => {
    const { incident, stored } = await closed();
    await database().incident.update({ where: { id: incident.id }, data: { state: 'open', closedAt: null } });
    await say({ kind: 'incident-reopened', incidentId: incident.id }, incident.id);
    await deliverDue(clockAt(9));
    const calls = (await received()).length;
    for (const sink of ['pagerduty', 'issue'])
      expect(await again('incident-closed', sink)).toMatchObject({ callsNobody: false });
    await deliverDue(clockAt(20));
    expect((await received()).slice(calls).map(({ path }) => path)).toEqual(['/v2/change/enqueue']);
    expect((await issues()).find(({ number }) => number === stored.issueNumber)?.state).toBe('open');
  });

  it('calls nobody for a kill switch that was re-armed, however late its message comes [REP-1]', async () => {
    const stop = await database().stopOrder.create({
      data: {
        kind: 'kill',
        scope: '*',
        reason: 'drill',
        personId: 'p',
        personName: 'Aoi',
        trigger: 'button',
        orderedAt: start,
      },
    });
    await say({ kind: 'kill-switch', stopId: stop.id }, null);
    await database().delivery.deleteMany({ where: { sink: { not: 'pagerduty' } } });
    await database().stopOrder.update({ where: { id: stop.id }, data: { endedAt: start } });
    const calls = (await received()).length;
    await deliverDue(clockAt(1));
    expect((await received()).slice(calls).map(({ path }) => path)).toEqual(['/v2/change/enqueue']);
  });

  it('leaves no issue open that was first opened when its incident was closed [REP-1]', async () => {
    const { incident, request } = await violation();
    await say({ kind: 'autosave-incident', incidentId: incident.id, requestId: request.id }, incident.id);
    await database().delivery.updateMany({ where: { sink: 'issue' }, data: { state: 'failed' } });
    await deliverDue(clockAt(1));
    await database().incident.update({
      where: { id: incident.id },
      data: { state: 'closed', closedAt: clockAt(2)() },
    });
    await say({ kind: 'incident-closed', incidentId: incident.id }, incident.id);
    await deliverDue(clockAt(3));
    const { issueNumber } = await database().incident.findUniqueOrThrow({ where: { id: incident.id } });
    expect((await issues()).find(({ number }) => number === issueNumber)?.state).toBe('closed');
  });

  it('says in the thread who owns the incident, and acknowledges the call [INC-1] [REP-1]', async () => {
    const { incident, request } = await violation();
    await say({ kind: 'autosave-incident', incidentId: incident.id, requestId: request.id }, incident.id);
    await deliverDue(clockAt(1));
    await database().incident.update({
      where: { id: incident.id },
      data: { ownerId: 'o', ownerName: 'Sato' },
    });
    await say({ kind: 'owner-named', incidentId: incident.id }, incident.id);
    await deliverDue(clockAt(2));
    const stored = await database().incident.findUniqueOrThrow({ where: { id: incident.id } });
    expect(stored).toMatchObject({ pagerdutyState: 'acknowledged', pagerdutyAcknowledgedBy: 'Sato' });
    const call = (await received()).at(-1)?.body;
    expect(call).toMatchObject({
      event_action: 'acknowledge',
      dedup_key: `phasegate:Incident-${String(incident.number).padStart(3, '0')}`,
    });
    expect(call).not.toHaveProperty('payload');
    const { messages } = await reader.conversations.replies({
      channel: channelIds.get('incident-autosave') ?? '',
      ts: stored.slackTs ?? '',
    });
    expect(messages?.at(-1)?.text).toContain('担当: Sato');
  });

  it('notes a step back without an incident as a change: nothing would ever resolve a call [REP-1]', async () => {
    const before = (await received()).length;
    await say({ kind: 'rollback', changeId: randomUUID() }, null);
    await deliverDue(clockAt(1));
    expect((await received()).slice(before).map(({ path }) => path)).toEqual(['/v2/change/enqueue']);
  });

  it('opens the issue again when its incident is, and goes on in the same thread [INC-1]', async () => {
    const { incident, request } = await violation();
    const at = { where: { id: incident.id } };
    await say({ kind: 'autosave-incident', incidentId: incident.id, requestId: request.id }, incident.id);
    await deliverDue(clockAt(1));
    await database().incident.update({ ...at, data: { state: 'closed', closedAt: start } });
    await say({ kind: 'incident-closed', incidentId: incident.id }, incident.id);
    await deliverDue(clockAt(2));
    const { issueNumber, slackTs } = await database().incident.findUniqueOrThrow(at);
    const issue = async () => (await issues()).find(({ number }) => number === issueNumber);
    expect((await issue())?.state).toBe('closed');
    await database().incident.update({ ...at, data: { state: 'open', closedAt: null } });
    await say({ kind: 'incident-reopened', incidentId: incident.id }, incident.id);
    await deliverDue(clockAt(3));
    expect(await issue()).toMatchObject({ state: 'open', comments: 2 });
    const inThread = await reader.conversations.replies({
      channel: channelIds.get('incident-autosave') ?? '',
      ts: slackTs ?? '',
    });
    expect(inThread.messages?.at(-1)?.text).toContain('再発');
  });

  it('goes on in a thread of its own where the first was deleted, and stays there [REP-3] [INC-1]', async () => {
    const { incident, request } = await violation();
    const at = { where: { id: incident.id } };
    await say({ kind: 'autosave-incident', incidentId: incident.id, requestId: request.id }, incident.id);
    await deliverDue(clockAt(1));
    const proxy = await faultProxy(services.slack.url);
    const first = await database().incident.findUniqueOrThrow(at);
    proxy.refuseThread(first.slackTs ?? '');
    process.env.SLACK_API_URL = `${proxy.url}/api/`;
    forgetEnv();
    try {
      await say({ kind: 'owner-named', incidentId: incident.id }, incident.id);
      await deliverDue(clockAt(2));
      const second = await database().incident.findUniqueOrThrow(at);
      expect(second.slackTs).not.toBe(first.slackTs);
      const [newest] = await history('incident-autosave');
      expect(newest).toMatchObject({ ts: second.slackTs, text: expect.stringContaining('担当') });
      await say({ kind: 'rca-shared', incidentId: incident.id }, incident.id);
      await deliverDue(clockAt(3));
      const channel = channelIds.get('incident-autosave') ?? '';
      const { messages } = await reader.conversations.replies({ channel, ts: second.slackTs ?? '' });
      expect(messages).toHaveLength(2);
    } finally {
      process.env.SLACK_API_URL = `${services.slack.url}/api/`;
      forgetEnv();
      await proxy.close();
    }
  });

  it.each([404, 410])('goes on in another issue where its own is gone (%i) [REP-1]', async (status) => {
    const { incident, request } = await violation();
    const at = { where: { id: incident.id } };
    await say({ kind: 'autosave-incident', incidentId: incident.id, requestId: request.id }, incident.id);
    await deliverDue(clockAt(1));
    const count = (await issues()).length;
    const first = await database().incident.findUniqueOrThrow(at);
    // A deleted issue is in no list any more; the emulator deletes none, so its mark is taken from it.
    await fetch(`${services.github.url}/repos/octo/ops/issues/${first.issueNumber}`, {
      method: 'PATCH',
      headers: { authorization: 'token ghp_test', 'content-type': 'application/json' },
      body: JSON.stringify({ body: 'deleted' }),
    });
    const proxy = await faultProxy(services.github.url);
    proxy.answer(new RegExp(`/issues/${first.issueNumber}/comments`), status);
    process.env.GITHUB_API_URL = proxy.url;
    forgetEnv();
    try {
      await say({ kind: 'owner-named', incidentId: incident.id }, incident.id);
      await deliverDue(clockAt(2));
      const second = await database().incident.findUniqueOrThrow(at);
      expect(second.issueNumber).not.toBe(first.issueNumber);
      expect(await issues()).toHaveLength(count + 1);
      await say({ kind: 'rca-shared', incidentId: incident.id }, incident.id);
      await deliverDue(clockAt(3));
      expect((await issues()).find(({ number }) => number === second.issueNumber)?.comments).toBe(1);
    } finally {
      process.env.GITHUB_API_URL = services.github.url;
      forgetEnv();
      await proxy.close();
    }
  });

  it('says a warning of a rollout in the thread and the issue of its open incident, not beside them [INC-1] [REP-4]', async () => {
    const { incident, request } = await violation();
    await say({ kind: 'autosave-incident', incidentId: incident.id, requestId: request.id }, incident.id);
    const verdictId = incident.verdictId ?? '';
    const { policy } = await loadPolicy();
    await inTransaction((tx) =>
      enqueueMessage(tx, policy, {
        dedupKey: 'autosave-warn:1',
        cause: { kind: 'autosave-warn', verdictId },
        rolloutId: 'autosave',
        phase: 'B',
        incidentId: incident.id,
        severity: 'major',
        at: start,
      }),
    );
    await deliverDue(clockAt(1));
    const warning = await database().message.findFirstOrThrow({
      where: { kind: 'autosave-warn' },
      include: { deliveries: { orderBy: { position: 'asc' } } },
    });
    expect(warning.level).toBe('warning');
    expect(warning.deliveries.map(({ channel, state }) => `${channel} ${state}`)).toEqual([
      'incident-autosave delivered',
      'issue delivered',
    ]);
    const { slackTs } = await database().incident.findUniqueOrThrow({ where: { id: incident.id } });
    const inThread = await reader.conversations.replies({
      channel: channelIds.get('incident-autosave') ?? '',
      ts: slackTs ?? '',
    });
    expect(inThread.messages?.length).toBe(2);
  });
});
