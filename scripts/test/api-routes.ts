import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { globSync } from 'tinyglobby';
import type { RouteHandler } from '#lib/http/server.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

export type ApiRoute = {
  file: string;
  /** The address with the names of its variable parts, such as `/api/v1/rollouts/{rollout}`. */
  path: string;
  methods: ReadonlyMap<string, RouteHandler>;
};

/** Every route file under `app/`, found as Next finds them and loaded; `except` names files to leave out. */
export async function apiRoutes(except: readonly string[] = []): Promise<ApiRoute[]> {
  const files = globSync('app/**/route.ts').filter((file) => !except.includes(file));
  return await Promise.all(
    files.sort().map(async (file): Promise<ApiRoute> => {
      const loaded = (await import(/* @vite-ignore */ `#${file}`)) as Record<string, unknown>;
      const methods = METHODS.flatMap((method): [string, RouteHandler][] => {
        const handler = loaded[method];
        // What a route file exports under the name of a method is a handler: Next itself builds on that.
        return typeof handler === 'function' ? [[method, handler as RouteHandler]] : [];
      });
      const path = file.slice('app'.length, -'/route.ts'.length).replaceAll('[', '{').replaceAll(']', '}');
      return { file, path, methods: new Map(methods) };
    }),
  );
}

type Match = { handler: RouteHandler | undefined; params: Record<string, string> };

/** The route that answers an address: words before variable parts, as Next chooses. */
export function matchRoute(routes: readonly ApiRoute[], method: string, pathname: string): Match | null {
  const parts = pathname.split('/');
  const byPrecision = routes.toSorted((one, other) => variables(one) - variables(other));
  for (const route of byPrecision) {
    const names = route.path.split('/');
    if (names.length !== parts.length) continue;
    const params: Record<string, string> = {};
    const fits = names.every((name, at) => {
      const part = decodeURIComponent(parts[at] ?? '');
      if (!name.startsWith('{')) return name === part;
      params[name.slice(1, -1)] = part;
      return part !== '';
    });
    if (fits) return { handler: route.methods.get(method), params };
  }
  return null;
}

function variables(route: ApiRoute): number {
  return route.path.split('{').length;
}

/** The real handlers over HTTP on a free port, without Next and without its proxy. */
export async function serveApi(
  routes: readonly ApiRoute[],
): Promise<{ url: string; close: () => Promise<void> }> {
  const listener: RequestListener = async (incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host}`);
    const match = matchRoute(routes, incoming.method ?? '', url.pathname);
    if (!match?.handler) {
      outgoing.writeHead(match ? 405 : 404).end();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
    const gone = new AbortController();
    outgoing.on('close', () => gone.abort());
    const request = new Request(url, {
      method: incoming.method ?? 'GET',
      headers: Object.entries(incoming.headers).map(([name, value]): [string, string] => [
        name,
        String(value),
      ]),
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
      signal: gone.signal,
    });
    const response = await match.handler(request, { params: Promise.resolve(match.params) });
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.flushHeaders();
    if (response.body) {
      Readable.fromWeb(response.body as ReadableStream)
        .on('error', () => outgoing.destroy())
        .pipe(outgoing);
    } else outgoing.end();
  };
  const server = createServer(listener);
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
