import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from 'inngest/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import { signBody } from './signature.ts';
import { SyncError, syncApp } from './sync.run.ts';
import { close, listen, testClient } from './testing/client.ts';
import { SIGNING_KEY } from './testing/keys.ts';

let server: Server;
let calls = 0;
beforeAll(async () => {
  const inngest = testClient(9);
  const f = inngest.createFunction({ id: 'f', triggers: [{ event: 'test/go' }] }, async () => {
    calls += 1;
    return 'called';
  });
  server = createServer(serve({ client: inngest, functions: [f] }));
  await listen(server, 0);
});
afterAll(() => close(server));

const event = { id: 'e', name: 'test/go', data: {}, ts: 1 };
const body = canonicalJson({
  event,
  events: [event],
  steps: {},
  ctx: { run_id: 'r', attempt: 0, stack: { stack: [], current: 0 } },
});

function call(signature: string | undefined, sent = body): Promise<Response> {
  const { port } = server.address() as AddressInfo;
  return fetch(`http://127.0.0.1:${port}/api/inngest?fnId=test-f&stepId=step`, {
    method: 'POST',
    body: sent,
    headers: {
      'content-type': 'application/json',
      ...(signature ? { 'x-inngest-signature': signature } : {}),
    },
  });
}

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);

it('answers a call that is signed with the key', async () => {
  const response = await call(signBody(body, SIGNING_KEY, ago(0)));
  expect([response.status, await response.json()]).toEqual([200, 'called']);
  expect(response.headers.get('x-inngest-req-version')).toBe('2');
});

it.each([
  ['without a signature', undefined],
  ['signed with another key', signBody(body, SIGNING_KEY.replaceAll('ab', 'cd'), ago(0))],
  ['signed more than five minutes ago', signBody(body, SIGNING_KEY, ago(301))],
  ['signed more than five minutes ahead', signBody(body, SIGNING_KEY, ago(-310))],
  ['signed for another body', signBody('{}', SIGNING_KEY, ago(0))],
  ['with a broken signature', 't=now&s=1'],
])('does not run a call %s', async (_case, signature) => {
  const before = calls;
  expect((await call(signature)).status).toBe(401);
  expect(calls).toBe(before);
});

it('says so when the app holds another key, and does not take its functions', async () => {
  const { port } = server.address() as AddressInfo;
  const app = { appUrl: `http://127.0.0.1:${port}`, signingKey: SIGNING_KEY.replaceAll('ab', 'cd') };
  await expect(syncApp(app, new Date())).rejects.toThrow(SyncError);
});
