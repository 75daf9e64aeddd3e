import { NextRequest } from 'next/server.js';
import { beforeAll, expect, it } from 'vitest';

let route: typeof import('./route.ts');

beforeAll(async () => {
  process.env.INNGEST_SIGNING_KEY = `signkey-test-${'ab'.repeat(32)}`;
  process.env.LOG_LEVEL = 'silent';
  Reflect.deleteProperty(process.env, 'INNGEST_DEV');
  route = await import('./route.ts');
});

const address = 'http://localhost:3917/api/inngest';

it.each([
  ['a question', 'GET', {}],
  ['a call', 'POST', {}],
  ['a sync', 'PUT', {}],
  ['a sync in-band', 'PUT', { 'x-inngest-sync-kind': 'in_band' }],
  ['a sync by another way', 'PUT', { 'x-inngest-sync-kind': 'out_of_band' }],
  ['a sync that is badly signed', 'PUT', { 'x-inngest-signature': 't=1&s=00' }],
] as const)('refuses %s that nobody has signed', async (_, method, headers) => {
  const body = method === 'GET' ? {} : { body: JSON.stringify({ url: address }) };
  const request = new NextRequest(`${address}?fnId=phasegate-cycle-tick&stepId=step`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...body,
  });
  const response = await route[method](request, undefined);
  expect(response.status).toBe(401);
});
