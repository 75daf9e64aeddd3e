import { afterEach, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { fetchJson, postJson } from './fetch-json.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** A server that takes every request and answers none. */
const hangs = (_url: string, init?: RequestInit) =>
  new Promise<Response>((_, fail) => {
    const signal = init?.signal;
    if (signal?.aborted) fail(signal.reason);
    signal?.addEventListener('abort', () => fail(signal.reason));
  });

it('gives a reading up that is not answered, and says so [DASH-7]', async () => {
  vi.stubGlobal('fetch', hangs);
  const limit = vi
    .spyOn(AbortSignal, 'timeout')
    .mockReturnValue(AbortSignal.abort(new DOMException('', 'TimeoutError')));
  await expect(fetchJson(z.unknown(), '/api/v1/overview')).rejects.toMatchObject({
    status: 0,
    code: 'no_answer',
  });
  expect(limit).toHaveBeenCalledWith(20_000);
});

it('says of an answer that breaks off after its head that there was none [DASH-7]', async () => {
  const broken = () =>
    new ReadableStream({ start: (body) => body.error(new DOMException('', 'TimeoutError')) });
  vi.stubGlobal('fetch', async () => new Response(broken()));
  await expect(fetchJson(z.unknown(), '/api/v1/overview')).rejects.toMatchObject({ code: 'no_answer' });
});

it('leaves a reading that its reader gave up what it is [DASH-7]', async () => {
  vi.stubGlobal('fetch', hangs);
  await expect(
    fetchJson(z.unknown(), '/api/v1/overview', { signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ name: 'AbortError' });
});

it('never gives an act up, of which nobody would know whether it was done [DASH-5]', async () => {
  const asked = vi.fn(async () => Response.json({ done: true }));
  vi.stubGlobal('fetch', asked);
  const limit = vi.spyOn(AbortSignal, 'timeout');
  await expect(postJson(z.object({ done: z.boolean() }), '/api/v1/stops', {})).resolves.toEqual({
    done: true,
  });
  expect(limit).not.toHaveBeenCalled();
});
