import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Inngest } from 'inngest';
import { EVENT_KEY, SIGNING_KEY } from './keys.ts';

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  await close(server);
  return port;
}

export function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}

export function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** The SDK's client as the app would make it, sending to a runner on `runnerPort`; never in development mode. */
export function testClient(runnerPort: number): Inngest {
  return new Inngest({
    id: 'test',
    baseUrl: `http://127.0.0.1:${runnerPort}`,
    eventKey: EVENT_KEY,
    signingKey: SIGNING_KEY,
    isDev: false,
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
}
