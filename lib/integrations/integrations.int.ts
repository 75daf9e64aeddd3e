import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEmulator, defineEmulator, type Emulator } from 'emulate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textBlocks } from './index.ts';
import { gitHubIssuesClient, pagerDutyClient, slackClient } from './server.ts';

/** A server that answers as it is told: the faults no emulator plays. */
async function faultServer(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const server: Server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

describe('Slack', () => {
  let slack: Emulator;
  beforeAll(async () => {
    slack = await createEmulator({
      service: 'slack',
      port: 4703,
      seed: {
        tokens: {
          'xoxb-test': { login: 'phasegate', scopes: ['chat:write', 'channels:read', 'channels:history'] },
        },
        slack: {
          team: { name: 'T', domain: 't' },
          channels: [{ name: 'incident' }],
          bots: [{ name: 'phasegate' }],
        },
      },
    });
  });
  afterAll(() => slack.close());

  const client = () => slackClient({ token: 'xoxb-test', apiUrl: `${slack.url}/api/` });
  const post = (deliveryId: string, threadTs?: string) => ({
    deliveryId,
    channel: '#incident',
    text: 'AutoSave B violation',
    blocks: textBlocks('AutoSave B violation'),
    threadTs,
  });

  it('takes a message, gives its permalink, and finds it again by its delivery [REP-3]', async () => {
    expect(await client().observe(post('d-1'))).toEqual({ found: false });
    const sent = await client().post(post('d-1'));
    expect(sent).toMatchObject({
      outcome: 'delivered',
      ref: { ts: expect.any(String), url: expect.stringContaining('http') },
    });
    expect(await client().observe(post('d-1'))).toMatchObject({ found: true });
    expect(await client().observe(post('d-2'))).toEqual({ found: false });
  });

  it('answers in the thread of an incident', async () => {
    const first = await client().post(post('d-3'));
    if (first.outcome !== 'delivered') throw new Error(first.outcome);
    const reply = await client().post(post('d-4', first.ref.ts));
    expect(reply.outcome).toBe('delivered');
    expect(await client().observe(post('d-4', first.ref.ts))).toMatchObject({ found: true });
  });

  it('says that a channel which is not there will never be', async () => {
    expect(await client().post({ ...post('d-5'), channel: '#nowhere' })).toMatchObject({ outcome: 'failed' });
  });
});

describe('GitHub', () => {
  let github: Emulator;
  beforeAll(async () => {
    github = await createEmulator({
      service: 'github',
      port: 4701,
      seed: {
        tokens: { ghp_test: { login: 'octo', scopes: ['repo'] } },
        github: { users: [{ login: 'octo' }], repos: [{ owner: 'octo', name: 'ops', auto_init: true }] },
      },
    });
  });
  afterAll(() => github.close());

  it('opens one issue, comments, finds both by their marks, and closes it [REP-1]', async () => {
    const client = gitHubIssuesClient({ token: 'ghp_test', repository: 'octo/ops', apiUrl: github.url });
    expect(await client.observeIssue('incident:1')).toEqual({ found: false });
    const opened = await client.open({
      title: 'Incident-001',
      body: 'text',
      marker: 'incident:1',
      labels: ['draft'],
    });
    expect(opened).toMatchObject({ outcome: 'delivered' });
    const seen = await client.observeIssue('incident:1');
    if (seen.found !== true) throw new Error('the issue was not found');
    const issue = Number(seen.ref.issue);
    expect(await client.comment({ issue, body: 'rolled back', marker: 'd-1' })).toMatchObject({
      outcome: 'delivered',
    });
    expect(await client.observeComment(issue, 'd-1')).toMatchObject({ found: true });
    expect(await client.observeComment(issue, 'd-2')).toEqual({ found: false });
    expect(await client.setState(issue, 'closed')).toMatchObject({ outcome: 'delivered' });
    expect(await client.observeIssue('incident:1')).toMatchObject({ found: true });
  });
});

describe('PagerDuty', () => {
  type Received = { path: string; body: Record<string, unknown> };
  const emulated = defineEmulator({
    name: 'pagerduty',
    state: () => ({ received: [] as Received[] }),
    setup({ app, state }) {
      for (const path of ['/v2/enqueue', '/v2/change/enqueue'])
        app.post(path, async (c) => {
          const body = await c.req.json<Record<string, unknown>>();
          const problems = [
            ...(body.routing_key === 'key-1' ? [] : ['routing_key']),
            ...(path === '/v2/enqueue' &&
            !['trigger', 'acknowledge', 'resolve'].includes(String(body.event_action))
              ? ['event_action']
              : []),
            ...(body.event_action !== 'trigger' || hasPayload(body.payload) ? [] : ['payload']),
          ];
          if (problems.length > 0) return c.json({ status: 'invalid event', errors: problems }, 400);
          state.received.push({ path, body });
          return c.json({ status: 'success', dedup_key: body.dedup_key }, 202);
        });
      app.get('/received', (c) => c.json(state.received));
    },
  });
  const hasPayload = (payload: unknown) =>
    ['summary', 'source', 'severity'].every(
      (field) => typeof Reflect.get(Object(payload), field) === 'string',
    );
  let pagerduty: Emulator;
  beforeAll(async () => {
    pagerduty = await createEmulator({ service: emulated, port: 4704 });
  });
  afterAll(() => pagerduty.close());

  const event = {
    action: 'trigger',
    dedupKey: 'phasegate:Incident-001',
    summary: 'AutoSave B violation',
    severity: 'critical',
    source: 'phasegate',
    details: { phase: 'B' },
    links: [{ href: 'http://127.0.0.1/', text: 'Dashboard' }],
  } as const;

  it('triggers and resolves by one key, and records changes [REP-1]', async () => {
    const client = pagerDutyClient({ routingKey: 'key-1', eventsUrl: pagerduty.url });
    expect(await client.send(event)).toMatchObject({ outcome: 'delivered', httpStatus: 202 });
    expect(await client.send({ ...event, action: 'resolve' })).toMatchObject({ outcome: 'delivered' });
    expect(await client.change({ ...event, at: new Date('2026-11-21T00:00:00Z') })).toMatchObject({
      outcome: 'delivered',
    });
    const received: Received[] = await (await fetch(`${pagerduty.url}/received`)).json();
    expect(received.map(({ path, body }) => [path, body.event_action, body.dedup_key])).toEqual([
      ['/v2/enqueue', 'trigger', event.dedupKey],
      ['/v2/enqueue', 'resolve', event.dedupKey],
      ['/v2/change/enqueue', undefined, undefined],
    ]);
  });

  it('is told once and for all that a key is wrong', async () => {
    const client = pagerDutyClient({ routingKey: 'other', eventsUrl: pagerduty.url });
    expect(await client.send(event)).toMatchObject({ outcome: 'failed', httpStatus: 400 });
  });
});

describe('faults', () => {
  const cases = [
    [
      'a rate limit with Retry-After',
      429,
      { 'retry-after': '7' },
      { outcome: 'retry', httpStatus: 429, retryAfterSeconds: 7 },
    ],
    ['a refusal', 404, {}, { outcome: 'failed', httpStatus: 404 }],
  ] as const;

  it.each(cases)('tell %s apart at each service [REP-3]', async (_, status, headers, expected) => {
    const server = await faultServer((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end('{"message":"no"}');
    });
    try {
      expect(await anySlack(server.url)).toMatchObject(expected);
      expect(await anyPagerDuty(server.url)).toMatchObject(expected);
      expect(await anyGitHub(server.url)).toMatchObject(expected);
    } finally {
      await server.close();
    }
  });

  it('leave open whether a server that failed has done it; PagerDuty’s key makes a repeat harmless [REP-3]', async () => {
    for (const status of [500, 502, 503, 504]) {
      const server = await faultServer((_request, response) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end('{"message":"no"}');
      });
      try {
        expect(await anySlack(server.url)).toMatchObject({ outcome: 'unknown', httpStatus: status });
        expect(await anyGitHub(server.url)).toMatchObject({ outcome: 'unknown', httpStatus: status });
        expect(await anyPagerDuty(server.url)).toMatchObject({ outcome: 'retry', httpStatus: status });
      } finally {
        await server.close();
      }
    }
  });

  it('leave open what an answer meant that cannot be read [REP-3]', async () => {
    const server = await faultServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":tr');
    });
    try {
      expect((await anySlack(server.url)).outcome).toBe('unknown');
      expect((await anyGitHub(server.url)).outcome).toBe('unknown');
    } finally {
      await server.close();
    }
  });

  it('know that a connection cut after sending leaves the outcome open', async () => {
    const server = await faultServer((request, response) => {
      request.resume().on('end', () => response.destroy());
    });
    try {
      expect((await anySlack(server.url)).outcome).toBe('unknown');
      expect((await anyPagerDuty(server.url)).outcome).toBe('unknown');
      expect((await anyGitHub(server.url)).outcome).toBe('unknown');
    } finally {
      await server.close();
    }
  });

  it('know that what was never sent may be sent again', async () => {
    const server = await faultServer(() => undefined);
    await server.close();
    expect((await anySlack(server.url)).outcome).toBe('retry');
    expect((await anyPagerDuty(server.url)).outcome).toBe('retry');
    expect((await anyGitHub(server.url)).outcome).toBe('retry');
  });

  it('split a forbidden answer by its limit: an exhausted one passes, a bare one does not', async () => {
    const reset = Math.floor(Date.now() / 1000) + 60;
    const limited = await faultServer((_request, response) => {
      response
        .writeHead(403, {
          'content-type': 'application/json',
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': String(reset),
        })
        .end('{}');
    });
    const bare = await faultServer((_request, response) => {
      response
        .writeHead(403, { 'content-type': 'application/json', 'x-ratelimit-remaining': '12' })
        .end('{}');
    });
    try {
      const answer = await anyGitHub(limited.url);
      expect(answer.outcome).toBe('retry');
      expect(answer.outcome === 'retry' && answer.retryAfterSeconds).toBeGreaterThan(0);
      expect((await anyGitHub(bare.url)).outcome).toBe('failed');
    } finally {
      await Promise.all([limited.close(), bare.close()]);
    }
  });

  const anySlack = (url: string) =>
    slackClient({ token: 't', apiUrl: `${url}/api/` }).post({
      deliveryId: 'd',
      channel: 'C1',
      text: 't',
      blocks: [],
    });
  const anyPagerDuty = (eventsUrl: string) =>
    pagerDutyClient({ routingKey: 'k', eventsUrl }).send({
      action: 'resolve',
      dedupKey: 'd',
      summary: 's',
      severity: 'info',
      source: 'p',
      details: {},
      links: [],
    });
  const anyGitHub = (apiUrl: string) =>
    gitHubIssuesClient({ token: 't', repository: 'o/r', apiUrl }).open({
      title: 't',
      body: 'b',
      marker: 'm',
      labels: [],
    });
});
