import { createHmac, randomUUID } from 'node:crypto';
import { WebClient } from '@slack/web-api';
import type { Emulator } from 'emulate';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { database, disconnectDatabase, inTransaction } from '#lib/database/server.ts';
import { cliActor } from '#lib/identity/index.ts';
import { createUser, linkSlackUser, listUsers, unlinkSlackUser, updateUser } from '#lib/identity/server.ts';
import { slackClient } from '#lib/integrations/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { demandRollback, findRollout, listPhaseChanges, rollBack } from '#lib/rollouts/server.ts';
import { climbed, demandInput, storeVerdict, WINDOW } from '#scripts/test/climbed-rollout.ts';
import { eventually } from '#scripts/test/eventually.ts';
import { emulatedSlack } from '#scripts/test/services.ts';
import { PUT as linkRoute } from '../../../app/api/v1/users/[userId]/slack/route.ts';
import { POST as press } from '../../../app/api/webhooks/slack/interactivity/route.ts';
import { slackBlocks } from '../deliveries/compose-delivery.ts';
import { faultProxy } from '../fault-proxy.fixture.ts';

const SECRET = 'slack-signing-secret';
const SLACK_USER = 'U000000001';
const ROOT = cliActor('test');
const PASSWORD = 'correct horse battery';
let slack: Emulator;
let proxy: Awaited<ReturnType<typeof faultProxy>>;
let reader: WebClient;
let channel = '';
let onCall: { id: string };

beforeAll(async () => {
  slack = await emulatedSlack('incident');
  proxy = await faultProxy(slack.url);
  reader = new WebClient('xoxb-test', { slackApiUrl: `${slack.url}/api/` });
  channel = (await reader.conversations.list({})).channels?.find(({ name }) => name === 'incident')?.id ?? '';
  Object.assign(process.env, {
    SLACK_BOT_TOKEN: 'xoxb-test',
    SLACK_API_URL: `${proxy.url}/api/`,
    SLACK_SIGNING_SECRET: `the-next-one,${SECRET}`,
    NEXTAUTH_SECRET: 'x'.repeat(32),
    LOG_LEVEL: 'silent',
  });
});
afterAll(async () => {
  await proxy.close();
  await slack.close();
});
beforeEach(async () => {
  await climbed();
  proxy.passed.length = 0;
  onCall = await addPerson('On-call', 'on_call');
  await linkSlackUser(onCall.id, SLACK_USER, ROOT, new Date());
});
afterEach(disconnectDatabase);

async function addPerson(name: string, role: string) {
  const { policy } = await loadPolicy();
  const email = `${randomUUID()}@example.org`;
  return createUser({ email, name, roles: [role], password: PASSWORD }, ROOT, policy, new Date());
}

/** A required rollback with its message in Slack, buttons and all. */
async function asked(windowStart = WINDOW) {
  await storeVerdict({ required: true, windowStart });
  const input = await demandInput({}, windowStart);
  await inTransaction((tx) => demandRollback(tx, input));
  const request = await database().rollbackRequest.findFirstOrThrow({ where: { state: 'open' } });
  const cause = { kind: 'autosave-incident' as const, incidentId: randomUUID(), requestId: request.id };
  const about = { rolloutId: 'autosave', request, incident: null, stop: null };
  const facts = { locale: 'ja', appUrl: 'http://localhost:3917', ...about };
  const sent = await slackClient({ token: 'xoxb-test', apiUrl: `${slack.url}/api/` }).post({
    deliveryId: randomUUID(),
    writtenAt: new Date(),
    channel: '#incident',
    text: '🚨 違反',
    blocks: slackBlocks(cause, '🚨 違反', facts as never),
  });
  if (sent.outcome !== 'delivered') throw new Error(sent.outcome);
  return { request, ts: sent.ref.ts ?? '' };
}
type Asked = Awaited<ReturnType<typeof asked>>;

const sign = (rawBody: string, timestamp: string, secret = SECRET) =>
  `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${rawBody}`).digest('hex')}`;

type Press = {
  action?: 'confirm_rollback' | 'decline_rollback' | 'open_dashboard';
  user?: string;
  value?: string;
  ageSeconds?: number;
  secret?: string;
  change?: (body: string) => string;
};

async function pressed({ request, ts }: Asked, how: Press = {}) {
  const message = await messageAt(ts);
  const payload = {
    type: 'block_actions',
    user: { id: how.user ?? SLACK_USER, username: 'whoever' },
    channel: { id: channel, name: 'incident' },
    message: { ts, text: message?.text, blocks: message?.blocks },
    response_url: 'http://169.254.169.254/never',
    actions: [{ action_id: how.action ?? 'confirm_rollback', value: how.value ?? request.id }],
  };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timestamp = String(Math.floor(Date.now() / 1000) - (how.ageSeconds ?? 0));
  const response = await press(
    new Request('http://localhost:3917/api/webhooks/slack/interactivity', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': sign(body, timestamp, how.secret),
      },
      body: how.change ? how.change(body) : body,
    }),
    { params: Promise.resolve({}) },
  );
  return response.status;
}

const messageAt = async (ts: string) =>
  (await reader.conversations.history({ channel, limit: 200 })).messages?.find(
    (message) => message.ts === ts,
  );
const rollbacks = async () => (await listPhaseChanges('autosave')).filter(({ kind }) => kind === 'rollback');
const whispers = () =>
  proxy.passed
    .filter(({ path }) => path.includes('chat.postEphemeral'))
    .map(({ body }) => new URLSearchParams(body).get('text') ?? '');
const untouched = async () => {
  expect(await rollbacks()).toEqual([]);
  expect(await database().rollbackRequest.count({ where: { state: 'open' } })).toBe(1);
  expect(proxy.passed.filter(({ path }) => path.includes('chat.update'))).toEqual([]);
};

describe('Confirm rollback in Slack', () => {
  it('steps back once as the linked person, and the message says who, when and what, without its buttons [ROL-3] [ROL-7]', async () => {
    const message = await asked();
    const statuses = await Promise.all(Array.from({ length: 5 }, () => pressed(message)));
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    // Slack is answered in time, whether the step back is done by then or not.
    const changes = await eventually(async () => {
      expect(await rollbacks()).not.toEqual([]);
      return rollbacks();
    });
    expect(changes).toMatchObject([
      {
        fromPhase: 'C',
        toPhase: 'B',
        trigger: 'slack',
        actorName: 'On-call',
        breakGlass: false,
        reason: 'Slack のボタンで確認',
      },
    ]);
    expect(await database().rollbackRequest.findUnique({ where: { id: message.request.id } })).toMatchObject({
      state: 'executed',
      decidedById: onCall.id,
      changeId: changes[0]?.id,
    });
    await eventually(async () => {
      const shown = await messageAt(message.ts);
      expect(shown?.text).toMatch(
        /^🚨 違反\n✅ \*ロールバックを実行しました\* \/ On-call \/ .+JST \/ C → B$/,
      );
      const text = JSON.stringify(shown?.blocks);
      expect(text).not.toContain('confirm_rollback');
      expect(text).not.toContain('decline_rollback');
      expect(text).toContain('open_dashboard');
    });
    await eventually(() => expect(whispers()).toHaveLength(4));
    expect(whispers().every((text) => text.startsWith('すでに回答されています'))).toBe(true);
    expect(await database().review.count()).toBe(0);
  });

  it('is told who answered when the request was answered elsewhere, and breaks no glass [ROL-7]', async () => {
    const message = await asked();
    await rollBack({
      rolloutId: 'autosave',
      fromPhase: 'C',
      reason: 'by hand',
      trigger: 'button',
      actor: { id: 'user:2', name: 'Another <!channel>' },
      now: new Date(),
    });
    expect(await pressed(message)).toBe(200);
    await eventually(() => expect(whispers()).toHaveLength(1));
    expect(whispers()[0]).toContain('Another &lt;!channel&gt;');
    expect(await rollbacks()).toHaveLength(1);
    await eventually(async () =>
      expect(JSON.stringify((await messageAt(message.ts))?.blocks)).not.toContain('confirm_rollback'),
    );
    expect((await findRollout('autosave'))?.phase).toBe('B');
  });

  it('shows its answer although Slack fails for a while [REP-3]', async () => {
    const message = await asked();
    proxy.next(/chat\.update/, 'reset_after', 'error_before');
    expect(await pressed(message)).toBe(200);
    await eventually(async () =>
      expect((await messageAt(message.ts))?.text).toContain('ロールバックを実行しました'),
    );
    await eventually(() =>
      expect(proxy.passed.filter(({ path }) => path.includes('chat.update'))).toHaveLength(3),
    );
    expect(await rollbacks()).toHaveLength(1);
  });
});

describe('Not now in Slack', () => {
  it('declines once; a second press and a confirmation behind it change nothing [ROL-3] [ROL-7]', async () => {
    const message = await asked();
    expect(await pressed(message, { action: 'decline_rollback' })).toBe(200);
    await eventually(async () =>
      expect(await database().rollbackRequest.count({ where: { state: 'declined' } })).toBe(1),
    );
    expect(await pressed(message, { action: 'decline_rollback' })).toBe(200);
    expect(await pressed(message)).toBe(200);
    await eventually(async () => expect((await messageAt(message.ts))?.text).toContain('今はしない'));
    await eventually(() => expect(whispers()).toHaveLength(2));
    expect(await rollbacks()).toEqual([]);
    expect(await database().rollbackRequest.findUnique({ where: { id: message.request.id } })).toMatchObject({
      state: 'declined',
      decidedByName: 'On-call',
    });
    expect(await database().auditEntry.count({ where: { action: 'rollback.declined' } })).toBe(1);
    expect(JSON.stringify((await messageAt(message.ts))?.text).match(/今はしない/g)).toHaveLength(1);
  });
});

describe('a press that does not count', () => {
  it.each<[string, Press, number]>([
    ['signed with another secret', { secret: 'other' }, 401],
    ['changed on its way', { change: (body) => body.replace(SLACK_USER, 'U000000009') }, 401],
    ['replayed after five minutes', { ageSeconds: 301 }, 401],
    ['from the future', { ageSeconds: -301 }, 401],
    ['about a request that never was', { value: randomUUID() }, 200],
    ['with a value that is no id', { value: "'; DROP TABLE rollout" }, 200],
    ['of a button that only opens a page', { action: 'open_dashboard' }, 200],
  ])('%s changes nothing', async (_, how, status) => {
    const message = await asked();
    expect(await pressed(message, how)).toBe(status);
    await untouched();
  });

  it('comes from somebody nobody has linked, or no longer', async () => {
    const message = await asked();
    const linked = async () => (await listUsers()).find(({ id }) => id === onCall.id)?.slackUserId;
    expect(await linked()).toBe(SLACK_USER);
    await unlinkSlackUser(onCall.id, ROOT, new Date());
    expect(await linked()).toBeNull();
    expect(await pressed(message)).toBe(200);
    await eventually(() => expect(whispers()).toHaveLength(1));
    expect(whispers()[0]).toContain('結び付けられていません');
    await untouched();
  });

  it.each(['viewer', 'dev_lead'])('comes from a %s, who may not decide', async (role) => {
    const message = await asked();
    const { policy } = await loadPolicy();
    await updateUser(onCall.id, { roles: [role] }, ROOT, policy, new Date());
    for (const action of ['confirm_rollback', 'decline_rollback'] as const)
      expect(await pressed(message, { action })).toBe(200);
    await eventually(() => expect(whispers()).toHaveLength(2));
    expect(whispers()[0]).toContain('権限がありません');
    await untouched();
  });

  it('comes from a person who was disabled', async () => {
    const message = await asked();
    const { policy } = await loadPolicy();
    await updateUser(onCall.id, { disabled: true }, ROOT, policy, new Date());
    expect(await pressed(message)).toBe(200);
    await eventually(() => expect(whispers()).toHaveLength(1));
    await untouched();
  });

  it('is no form of Slack at all', async () => {
    for (const body of ['', 'payload=', 'payload=%7B', 'payload=[]', 'x'.repeat(300_000)]) {
      const timestamp = String(Math.floor(Date.now() / 1000));
      const response = await press(
        new Request('http://localhost:3917/api/webhooks/slack/interactivity', {
          method: 'POST',
          headers: { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': sign(body, timestamp) },
          body,
        }),
        { params: Promise.resolve({}) },
      );
      expect(response.status).toBe(body.length > 262_144 ? 413 : 400);
    }
  });

  it('is refused while no secret is set: nobody could be told from anybody', async () => {
    const message = await asked();
    process.env.SLACK_SIGNING_SECRET = '';
    forgetEnv();
    try {
      expect(await pressed(message, { secret: '' })).toBe(401);
    } finally {
      process.env.SLACK_SIGNING_SECRET = `the-next-one,${SECRET}`;
      forgetEnv();
    }
    await untouched();
  });
});

describe('who a person is in Slack', () => {
  it('is one member for one person, on record, and safe to say twice', async () => {
    const other = await addPerson('Other', 'sre');
    await expect(linkSlackUser(other.id, SLACK_USER, ROOT, new Date())).rejects.toMatchObject({
      reason: 'slack_user_taken',
    });
    await linkSlackUser(onCall.id, SLACK_USER, ROOT, new Date());
    await linkSlackUser(onCall.id, 'U000000002', ROOT, new Date());
    await linkSlackUser(other.id, SLACK_USER, ROOT, new Date());
    const rows = await database().userAccount.findMany({ orderBy: { providerAccountId: 'asc' } });
    expect(rows).toMatchObject([
      { providerAccountId: SLACK_USER, userId: other.id },
      { providerAccountId: 'U000000002', userId: onCall.id },
    ]);
    expect(await database().auditEntry.count({ where: { action: 'user.slack_linked' } })).toBe(3);
    await expect(linkSlackUser(randomUUID(), 'U000000003', ROOT, new Date())).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('is asked of administrators only', async () => {
    const response = await linkRoute(new Request('http://localhost:3917/', { method: 'PUT', body: '{}' }), {
      params: Promise.resolve({ userId: onCall.id }),
    });
    expect(response.status).toBe(401);
  });
});
