import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Emulator } from 'emulate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  emulatedGitHub,
  emulatedPagerDuty,
  emulatedSlack,
  ROUTING_KEYS,
  receivedBy,
  throttle,
} from '#scripts/test/services.ts';
import { textBlocks } from './index.ts';
import { gitHubIssuesClient, pagerDutyClient, postThroughWebhook, slackClient } from './server.ts';

const writtenAt = new Date();

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
    slack = await emulatedSlack('incident');
  });
  afterAll(() => slack.close());

  const client = () => slackClient({ token: 'xoxb-test', apiUrl: `${slack.url}/api/` });
  const post = (deliveryId: string, threadTs?: string) => ({
    deliveryId,
    channel: '#incident',
    writtenAt,
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

  it('finds a message in a private channel [REP-3]', async () => {
    const server = await faultServer((request, response) => {
      let form = '';
      request.on('data', (chunk) => {
        form += String(chunk);
      });
      request.on('end', () => {
        const isPrivate = new URLSearchParams(form).get('types') === 'private_channel';
        const metadata = { event_type: 'phasegate_delivery', event_payload: { delivery: 'd-1' } };
        const answer = request.url?.endsWith('conversations.list')
          ? { channels: isPrivate ? [{ id: 'G1', name: 'incident' }] : [] }
          : { messages: [{ ts: '1', metadata }] };
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ ok: true, ...answer }));
      });
    });
    try {
      const slack = slackClient({ token: 't', apiUrl: `${server.url}/api/` });
      expect(await slack.observe(post('d-1'))).toMatchObject({ found: true, ref: { channel: 'G1' } });
    } finally {
      await server.close();
    }
  });

  it('finds a message that many have followed [REP-3]', async () => {
    const first = await client().post(post('d-first'));
    if (first.outcome !== 'delivered') throw new Error(first.outcome);
    for (let each = 0; each < 210; each++) await client().post(post(`after-${each}`));
    expect(await client().observe(post('d-first'))).toMatchObject({ found: true });
    expect(await client().observe(post('d-never'))).toEqual({ found: false });
  });

  it('cuts what is too long where Slack would refuse it, within no character and no escape', async () => {
    const limits: number[] = [];
    const server = await faultServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => {
        const form = new URLSearchParams(body);
        limits.push(form.get('text')?.length ?? 0);
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end('{"ok":true,"ts":"1","channel":"C"}');
      });
    });
    try {
      const slack = slackClient({ token: 't', apiUrl: `${server.url}/api/` });
      const text = `${'あ'.repeat(3990)}${'&amp;'.repeat(900)}`;
      await slack.edit({ channel: 'C', ts: '1', text, blocks: textBlocks(text) });
      expect(limits[0]).toBeLessThanOrEqual(4000);
      const parts = textBlocks(`${'x'.repeat(2998)}&amp;${'👍'.repeat(3000)}`).map((block) =>
        block.type === 'text' ? block.text : '',
      );
      expect(parts.every((part) => part.length > 0 && part.length <= 3000 && part.isWellFormed())).toBe(true);
      expect(parts.filter((part) => part.includes('&amp;'))).toHaveLength(1);
      expect(textBlocks(`${'x'.repeat(3000)}\n`)).toHaveLength(1);
    } finally {
      await server.close();
    }
  });

  it.each([
    [200, 'ok', 'delivered'],
    [200, '<html>', 'unknown'],
    [400, 'invalid_payload', 'failed'],
    [403, 'action_prohibited', 'failed'],
    [404, 'no_service', 'failed'],
    [429, '', 'retry'],
    [500, 'rollup_error', 'unknown'],
  ])('knows a webhook’s %i %s as %s [REP-3]', async (status, answer, outcome) => {
    const server = await faultServer((_request, response) => response.writeHead(status).end(answer));
    try {
      expect(await postThroughWebhook(server.url, { text: 't', blocks: [] })).toMatchObject({ outcome });
    } finally {
      await server.close();
    }
  });

  it('says that a channel which is not there will never be', async () => {
    expect(await client().post({ ...post('d-5'), channel: '#nowhere' })).toMatchObject({ outcome: 'failed' });
  });
});

describe('GitHub', () => {
  let github: Emulator;
  beforeAll(async () => {
    github = await emulatedGitHub();
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
    for (let each = 0; each < 101; each++)
      await client.comment({ issue, body: 'more', marker: `more-${each}` });
    expect(await client.observeComment(issue, 'more-100')).toMatchObject({ found: true });
    expect(await client.observeComment(issue, 'd-2')).toEqual({ found: false });
  });

  it('cuts a text that is longer than GitHub takes, and keeps its mark [REP-3]', async () => {
    const client = gitHubIssuesClient({ token: 'ghp_test', repository: 'octo/ops', apiUrl: github.url });
    const opened = await client.open({
      title: 'long',
      body: 'あ'.repeat(70_000),
      marker: 'long',
      labels: [],
    });
    if (opened.outcome !== 'delivered') throw new Error(opened.outcome);
    const answer = await fetch(`${github.url}/repos/octo/ops/issues/${opened.ref.issue}`, {
      headers: { authorization: 'token ghp_test' },
    });
    const { body }: { body: string } = await answer.json();
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(body).toMatch(/…\n\n<!-- phasegate:long -->$/);
  });
});

describe('PagerDuty', () => {
  let pagerduty: Emulator;
  beforeAll(async () => {
    pagerduty = await emulatedPagerDuty();
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
    at: new Date('2026-11-21T00:00:00Z'),
    component: 'autosave',
    group: 'B',
    class: 'autosave-incident',
    clientUrl: 'http://127.0.0.1',
  } as const;

  it('triggers and resolves by one key, and records changes [REP-1]', async () => {
    const client = pagerDutyClient({ routingKey: ROUTING_KEYS[0], eventsUrl: pagerduty.url });
    expect(await client.send(event)).toMatchObject({ outcome: 'delivered', httpStatus: 202 });
    expect(await client.send({ ...event, action: 'resolve' })).toMatchObject({ outcome: 'delivered' });
    const { summary, source, details, links, at } = event;
    expect(await client.change({ summary, source, details, links, at })).toMatchObject({
      outcome: 'delivered',
    });
    const received = await receivedBy(pagerduty);
    expect(received.map(({ path, body }) => [path, body.event_action, body.dedup_key])).toEqual([
      ['/v2/enqueue', 'trigger', event.dedupKey],
      ['/v2/enqueue', 'resolve', event.dedupKey],
      ['/v2/change/enqueue', undefined, undefined],
    ]);
  });

  it('gets no field longer than it takes, and no half character [REP-1]', async () => {
    const client = pagerDutyClient({ routingKey: ROUTING_KEYS[0], eventsUrl: pagerduty.url });
    const details = { reason: '👍'.repeat(300_000), phase: 'B' };
    await client.send({ ...event, summary: `x${'👍'.repeat(2000)}`, details });
    const received = await receivedBy(pagerduty);
    const payload = received.at(-1)?.body.payload as { summary: string; custom_details: typeof details };
    expect(payload.summary.length).toBe(1023);
    expect(payload.summary.isWellFormed() && payload.custom_details.reason.isWellFormed()).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(received.at(-1)?.body))).toBeLessThan(512 * 1024);
  });

  it('gets every field that its documents ask for, and no other [REP-1]', async () => {
    const client = pagerDutyClient({ routingKey: ROUTING_KEYS[1], eventsUrl: pagerduty.url });
    for (const action of ['trigger', 'acknowledge', 'resolve'] as const)
      expect(await client.send({ ...event, action })).toMatchObject({ outcome: 'delivered' });
    const [trigger, ...updates] = (await receivedBy(pagerduty)).slice(-3).map(({ body }) => body);
    expect(trigger).toEqual({
      routing_key: ROUTING_KEYS[1],
      event_action: 'trigger',
      dedup_key: event.dedupKey,
      payload: {
        summary: event.summary,
        source: 'phasegate',
        severity: 'critical',
        timestamp: '2026-11-21T00:00:00.000Z',
        component: 'autosave',
        group: 'B',
        class: 'autosave-incident',
        custom_details: { phase: 'B' },
      },
      links: event.links,
      client: 'Phasegate',
      client_url: 'http://127.0.0.1',
    });
    for (const update of updates)
      expect(Object.keys(update ?? {}).sort()).toEqual(['dedup_key', 'event_action', 'routing_key']);
  });

  it('tells once and for all that a key is wrong, and where it is set', async () => {
    for (const routingKey of ['other', 'f'.repeat(32)]) {
      const refused = await pagerDutyClient({ routingKey, eventsUrl: pagerduty.url }).send(event);
      expect(refused).toMatchObject({ outcome: 'failed', httpStatus: 400 });
      expect(refused.outcome === 'failed' && refused.error).toMatch(/routing_key.*PAGERDUTY_ROUTING_KEYS/);
    }
  });

  it('is asked again when it is asked too quickly', async () => {
    const client = pagerDutyClient({ routingKey: ROUTING_KEYS[0], eventsUrl: pagerduty.url });
    await throttle(pagerduty, 1);
    expect(await client.send(event)).toMatchObject({ outcome: 'retry', httpStatus: 429 });
    expect(await client.send(event)).toMatchObject({ outcome: 'delivered' });
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

  it.each([
    ['{"ok":tr', 'application/json'],
    ['<html>Sign in to the network</html>', 'text/html'],
    ['{}', 'application/json'],
    ['', 'application/json'],
  ])('leave open what an answer meant that cannot be read: %s [REP-3]', async (answer, type) => {
    const server = await faultServer((_request, response) => {
      response.writeHead(200, { 'content-type': type }).end(answer);
    });
    try {
      expect((await anySlack(server.url)).outcome).toBe('unknown');
      expect((await anyGitHub(server.url)).outcome).toBe('unknown');
      expect((await anyPagerDuty(server.url)).outcome).toBe('unknown');
    } finally {
      await server.close();
    }
  });

  it.each([301, 302, 307, 308])(
    'tell nobody else what was meant for them, keys least of all: %i to another host [REP-3]',
    async (status) => {
      const heard: string[] = [];
      const other = await faultServer((request, response) => {
        request.on('data', (chunk) => heard.push(String(chunk)));
        heard.push(request.url ?? '');
        response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"success","ok":true}');
      });
      const server = await faultServer((request, response) => {
        response.writeHead(status, { location: `${other.url}${request.url}` }).end();
      });
      try {
        expect(await anyPagerDuty(server.url)).toMatchObject({ outcome: 'failed' });
        expect(await anyGitHub(server.url)).toMatchObject({ outcome: 'failed' });
        expect(await anySlack(server.url)).toMatchObject({ outcome: 'failed' });
        expect(heard).toEqual([]);
      } finally {
        await Promise.all([server.close(), other.close()]);
      }
    },
  );

  it.each([301, 307, 308])('follow a repository that was renamed, as it was asked: %i', async (status) => {
    const asked: string[] = [];
    const server = await faultServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      if (request.url?.startsWith('/repos/')) {
        response.writeHead(status, { location: '/repositories/1/issues' }).end();
        return;
      }
      response
        .writeHead(201, { 'content-type': 'application/json' })
        .end('{"number":7,"html_url":"http://127.0.0.1/7"}');
    });
    try {
      expect(await anyGitHub(server.url)).toMatchObject({ outcome: 'delivered', ref: { issue: '7' } });
      expect(asked).toEqual(['POST /repos/o/r/issues', 'POST /repositories/1/issues']);
    } finally {
      await server.close();
    }
  });

  it('read no answer without end', async () => {
    const sent = { bytes: 0 };
    const chunk = Buffer.alloc(1024 * 1024, ' ');
    const server = await faultServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => {
        while (!response.destroyed) {
          sent.bytes += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
      };
      more();
    });
    try {
      expect((await anyPagerDuty(server.url)).outcome).toBe('unknown');
      expect((await anySlack(server.url)).outcome).toBe('unknown');
      expect((await anyGitHub(server.url)).outcome).toBe('unknown');
      expect(sent.bytes).toBeLessThan(200 * 1024 * 1024);
    } finally {
      await server.close();
    }
  });

  it('know that nothing was said where there was no handshake', async () => {
    const server = await faultServer((_request, response) => response.end());
    try {
      const secure = server.url.replace('http:', 'https:');
      expect((await anySlack(secure)).outcome).toBe('retry');
      expect((await anyPagerDuty(secure)).outcome).toBe('retry');
      expect((await anyGitHub(secure)).outcome).toBe('retry');
    } finally {
      await server.close();
    }
  });

  it.each([
    ['no Retry-After', {}],
    ['a date', { 'retry-after': new Date(Date.now() + 60_000).toUTCString() }],
  ])('try again after 429 with %s, and after nothing was done [REP-3]', async (_, headers) => {
    const server = await faultServer((_request, response) => {
      response.writeHead(429, { 'content-type': 'application/json', ...headers }).end('{}');
    });
    try {
      for (const result of [
        await anySlack(server.url),
        await anyPagerDuty(server.url),
        await anyGitHub(server.url),
      ])
        expect(['retry', 'unknown']).toContain(result.outcome);
    } finally {
      await server.close();
    }
  });

  it.each([
    ['channel_not_found', 'failed', 'invite the bot'],
    ['not_in_channel', 'failed', 'invite the bot'],
    ['is_archived', 'failed', 'unarchive the channel'],
    ['invalid_auth', 'failed', 'SLACK_BOT_TOKEN'],
    ['token_revoked', 'failed', 'SLACK_BOT_TOKEN'],
    ['account_inactive', 'failed', 'SLACK_BOT_TOKEN'],
    ['missing_scope', 'failed', 'missing_scope (chat:write): add the scope'],
    ['msg_too_long', 'failed', ''],
    ['invalid_blocks', 'failed', ''],
    ['ratelimited', 'retry', ''],
    ['fatal_error', 'unknown', ''],
  ])('know Slack’s %s as %s, and what to do [REP-3]', async (error, outcome, remedy) => {
    const server = await faultServer((_request, response) => {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(
          JSON.stringify({ ok: false, error, needed: error === 'missing_scope' ? 'chat:write' : undefined }),
        );
    });
    try {
      const result = await anySlack(server.url);
      expect(result.outcome).toBe(outcome);
      const said = result.outcome === 'delivered' ? '' : result.error;
      expect(said).toContain(error);
      expect(said).toContain(remedy);
    } finally {
      await server.close();
    }
  });

  /** Slack as it is where the first message of a thread was deleted: it says so, or posts beside the thread without a word. */
  async function threadless(says: string | null) {
    const posted: (string | null)[] = [];
    const server = await faultServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => {
        const form = new URLSearchParams(body);
        const thread = form.get('thread_ts') ?? (request.url?.endsWith('replies') ? form.get('ts') : null);
        const refused = thread !== null && says !== null;
        if (request.url?.endsWith('postMessage') && !refused) posted.push(thread);
        const answer = refused
          ? { ok: false, error: says }
          : {
              ok: true,
              ts: '9.1',
              channel: 'C1',
              message: { ts: '9.1' },
              messages: found(request.url, posted),
            };
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
    });
    return { ...server, posted };
  }
  const found = (url: string | undefined, posted: readonly unknown[]) =>
    url?.endsWith('conversations.history') && posted.length > 0
      ? [{ ts: '9.1', metadata: { event_type: 'phasegate_delivery', event_payload: { delivery: 'd' } } }]
      : [];

  it.each([['thread_not_found'], ['message_not_found'], [null]])(
    'post to the channel, once, where a thread is gone: Slack says %s [REP-3]',
    async (says) => {
      const server = await threadless(says);
      const post = { deliveryId: 'd', channel: 'C1', writtenAt, text: 't', blocks: [], threadTs: '1.1' };
      const slack = slackClient({ token: 't', apiUrl: `${server.url}/api/` });
      try {
        expect(await slack.observe(post)).toEqual({ found: false });
        const sent = await slack.post(post);
        expect(sent).toMatchObject({ outcome: 'delivered', ref: { ts: '9.1' } });
        expect(sent.outcome === 'delivered' && sent.ref).not.toHaveProperty('thread');
        expect(server.posted).toHaveLength(1);
        const seen = await slack.observe(post);
        expect(seen).toMatchObject({ found: true, ref: { ts: '9.1' } });
      } finally {
        await server.close();
      }
    },
  );

  it.each([
    [401, 'Bad credentials', 'GITHUB_TOKEN'],
    [403, 'Unable to create comment because issue is locked.', 'unlock the issue'],
    [404, 'Not Found', 'GITHUB_REPOSITORY'],
    [410, 'Issues has been disabled in this repository.', 'switch issues on'],
  ])('know GitHub’s %i (%s) as hopeless, and what to do [REP-3]', async (status, message, remedy) => {
    const server = await faultServer((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
    });
    try {
      const result = await anyGitHub(server.url);
      expect(result).toMatchObject({ outcome: 'failed', httpStatus: status });
      expect(result.outcome === 'failed' && result.error).toContain(message);
      expect(result.outcome === 'failed' && result.error).toContain(remedy);
    } finally {
      await server.close();
    }
  });

  it.each([
    [{ 'retry-after': '37' }, 37],
    [{ 'x-ratelimit-remaining': '12' }, 60],
    [{}, 60],
  ])('wait out GitHub’s secondary rate limit, whose headers are %j [REP-3]', async (headers, seconds) => {
    const message = 'You have exceeded a secondary rate limit. Please wait a few minutes.';
    const server = await faultServer((_request, response) => {
      response
        .writeHead(403, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify({ message }));
    });
    try {
      expect(await anyGitHub(server.url)).toMatchObject({ outcome: 'retry', retryAfterSeconds: seconds });
    } finally {
      await server.close();
    }
  });

  it.each([
    [400, 'PAGERDUTY_ROUTING_KEYS'],
    [402, 'account'],
    [403, 'PAGERDUTY_ROUTING_KEYS'],
  ])('know PagerDuty’s %i as hopeless, and what to do [REP-3]', async (status, remedy) => {
    const server = await faultServer((_request, response) => response.writeHead(status).end('{}'));
    try {
      const result = await anyPagerDuty(server.url);
      expect(result).toMatchObject({ outcome: 'failed', httpStatus: status });
      expect(result.outcome === 'failed' && result.error).toContain(remedy);
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
      writtenAt,
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
      at: writtenAt,
      clientUrl: 'http://127.0.0.1',
    });
  const anyGitHub = (apiUrl: string) =>
    gitHubIssuesClient({ token: 't', repository: 'o/r', apiUrl }).open({
      title: 't',
      body: 'b',
      marker: 'm',
      labels: [],
    });
});
