import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { callApi } from './call-api.ts';

it('gives up an instance that takes a request and never answers, or breaks off its answer', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/half') response.write('{');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const connection = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, key: 'k' };
  const gaveUp = { code: 'UPSTREAM', reason: 'unreachable' };
  await expect(callApi(connection, { method: 'GET', path: '/never' }, 50)).rejects.toMatchObject(gaveUp);
  await expect(callApi(connection, { method: 'GET', path: '/half' }, 50)).rejects.toMatchObject(gaveUp);
  server.closeAllConnections();
  await new Promise<void>((done) => server.close(() => done()));
});
