import type { RequestListener } from 'node:http';
import { NextRequest } from 'next/server.js';

/** The route's own handlers over HTTP, as Next calls them. */
export function servedRoute(route: typeof import('./route.ts')): RequestListener {
  return async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
    const handle = { GET: route.GET, POST: route.POST, PUT: route.PUT }[incoming.method ?? ''];
    if (handle === undefined) throw new Error(`the route has no ${incoming.method}`);
    const request = new NextRequest(`http://${incoming.headers.host}${incoming.url}`, {
      method: incoming.method ?? 'GET',
      headers: Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
    });
    const response = await handle(request, undefined);
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  };
}
