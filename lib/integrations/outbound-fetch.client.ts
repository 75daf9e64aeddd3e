import { RedirectRefused } from './redirect-refused.ts';

/** More than any answer that is of use to us; one that is longer is not read to its end. */
const MOST_BYTES = 32 * 1024 * 1024;
const MOST_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 307, 308]);

/**
 * `fetch` for what we tell outside services. A redirect is followed within the same origin, as it was asked (a repository
 * that was renamed), never to another: bodies hold routing keys. Answers are read up to a size.
 * Errors: fetch's own; RedirectRefused; RangeError from reading an answer that is too long.
 */
export const outboundFetch: typeof fetch = async (input, init) => {
  let url = new URL(input instanceof Request ? input.url : input);
  for (let hops = 0; ; hops++) {
    const response = await fetch(url, { ...init, redirect: 'manual' });
    const location = REDIRECTS.has(response.status) ? response.headers.get('location') : null;
    if (location === null) return limited(response);
    await response.body?.cancel();
    const next = new URL(location, url);
    if (next.origin !== url.origin || hops >= MOST_REDIRECTS)
      throw new RedirectRefused(`sent on to ${next.origin}: set the address it has now`);
    url = next;
  }
};

function limited(response: Response): Response {
  if (!response.body) return response;
  let bytes = 0;
  const body = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        if (bytes > MOST_BYTES)
          controller.error(new RangeError(`the answer is longer than ${MOST_BYTES} bytes`));
        else controller.enqueue(chunk);
      },
    }),
  );
  const { status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers });
}
