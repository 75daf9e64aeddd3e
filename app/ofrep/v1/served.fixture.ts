import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { RouteHandler } from '#lib/http/server.ts';
import { GET as getFlagd } from '../../api/v1/flags/flagd/route.ts';
import { POST as evaluateOne } from './evaluate/flags/[key]/route.ts';
import { OPTIONS as bulkPreflight, POST as evaluateBulk } from './evaluate/flags/route.ts';
import { GET as openStream } from './stream/route.ts';

const ONE = /^\/ofrep\/v1\/evaluate\/flags\/([^/]+)$/;

function handlerOf(method: string, path: string): RouteHandler | undefined {
  const key = `${method} ${ONE.test(path) ? '/one' : path}`;
  return {
    'POST /one': evaluateOne,
    'POST /ofrep/v1/evaluate/flags': evaluateBulk,
    'OPTIONS /ofrep/v1/evaluate/flags': bulkPreflight,
    'GET /ofrep/v1/stream': openStream,
    'GET /api/v1/flags/flagd': getFlagd,
  }[key];
}

const listener: RequestListener = async (incoming, outgoing) => {
  const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host}`);
  const handler = handlerOf(incoming.method ?? '', url.pathname);
  if (!handler) {
    outgoing.writeHead(404).end();
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const gone = new AbortController();
  outgoing.on('close', () => gone.abort());
  const request = new Request(url, {
    method: incoming.method ?? 'GET',
    headers: Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)]),
    ...(incoming.method === 'POST' ? { body: Buffer.concat(chunks) } : {}),
    signal: gone.signal,
  });
  const key = decodeURIComponent(ONE.exec(url.pathname)?.[1] ?? '');
  const response = await handler(request, { params: Promise.resolve({ key }) });
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.flushHeaders();
  if (response.body)
    Readable.fromWeb(response.body as ReadableStream)
      .on('error', () => outgoing.destroy())
      .pipe(outgoing);
  else outgoing.end();
};

/** The flag routes over HTTP, on a free port. */
export async function serveFlagRoutes(): Promise<{ url: string; close: () => Promise<void> }> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
