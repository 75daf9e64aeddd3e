import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What goes wrong with one request. `…_before`: it never reaches the service; `…_after`: it does, and its sender does not
 * learn of it.
 */
export type Fault =
  | 'rate_limit_before'
  | 'error_before'
  | 'error_after'
  | 'reset_before'
  | 'reset_after'
  | 'hang_after'
  | 'held_after'
  | 'malformed_after';

export type Passed = { method: string; path: string; body: string; fault: Fault | null };

/** A proxy before a service, which passes everything on, remembers it, and lets the next requests go wrong as told. */
export async function faultProxy(target: string) {
  const passed: Passed[] = [];
  const waiting: { path: RegExp; fault: Fault }[] = [];
  const held = Promise.withResolvers<void>();
  const refusals: { matches: (path: string, body: string) => boolean; status: number; answer: string }[] = [];
  const server = createServer((request, response) => {
    void handle(request, response).catch(() => response.destroy());
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const path = request.url ?? '/';
    const refused = refusals.find(({ matches }) => matches(path, body.toString()));
    if (refused) {
      response.writeHead(refused.status, { 'content-type': 'application/json' }).end(refused.answer);
      return;
    }
    const at = waiting.findIndex((each) => each.path.test(`${request.method} ${path}`));
    const [taken] = at < 0 ? [] : waiting.splice(at, 1);
    const fault = taken?.fault ?? null;
    passed.push({ method: request.method ?? '', path, body: body.toString(), fault });
    switch (fault) {
      case 'rate_limit_before':
        response.writeHead(429, { 'retry-after': '7', 'content-type': 'application/json' }).end('{}');
        return;
      case 'error_before':
        response.writeHead(500).end('no');
        return;
      case 'reset_before':
        response.destroy();
        return;
      default:
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers).flatMap(([name, value]) =>
        typeof value === 'string' && !/^(host|connection|content-length|transfer-encoding)$/.test(name)
          ? [[name, value]]
          : [],
      ),
    );
    const answer = await fetch(`${target}${path}`, {
      method: request.method ?? 'GET',
      headers,
      ...(body.length > 0 ? { body } : {}),
    });
    const text = await answer.text();
    switch (fault) {
      case 'error_after':
        response.writeHead(502).end('bad gateway');
        return;
      case 'reset_after':
        response.destroy();
        return;
      case 'hang_after':
        return; // its sender waits until it has had enough
      case 'held_after':
        await held.promise;
        break;
      case 'malformed_after':
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":tr');
        return;
      default:
    }
    response
      .writeHead(answer.status, {
        'content-type': answer.headers.get('content-type') ?? 'application/json',
      })
      .end(text);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    passed,
    /** The next requests whose method and path match go wrong like this, one after the other. */
    next: (path: RegExp, ...faults: Fault[]) =>
      void waiting.push(...faults.map((fault) => ({ path, fault }))),
    /** From now on, what matches the path is answered with this status and goes no further. */
    answer: (path: RegExp, status: number) =>
      void refusals.push({ matches: (asked) => path.test(asked), status, answer: '{"message":"gone"}' }),
    /** From now on Slack knows of no thread that begins with this message. */
    refuseThread: (ts: string) =>
      void refusals.push({
        matches: (_, body) =>
          [...new URLSearchParams(body).entries()].some(
            ([name, value]) => /^(thread_)?ts$/.test(name) && value === ts,
          ),
        status: 200,
        answer: '{"ok":false,"error":"thread_not_found"}',
      }),
    /** Answers that were held go on their way. */
    release: () => held.resolve(),
    /** Nothing that waits goes wrong any more. */
    calm: () => {
      waiting.length = 0;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
