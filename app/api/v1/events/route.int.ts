import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HttpBatchAnswerSchema } from '#lib/collector/index.ts';
import { refresh } from '#lib/collector/server.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { SYSTEM_ACTOR } from '#lib/identity/index.ts';
import { createApiKey } from '#lib/identity/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import {
  expectedSeries,
  forgetTelemetry,
  saved,
  storedSeries,
  telemetryRoot,
} from '#scripts/test/telemetry-root.ts';
import { POST } from './route.ts';

let site: Awaited<ReturnType<typeof telemetryRoot>>;
let key = '';
let keyWithoutScope = '';
// The route asks the clock, so these events are of a minute ago.
const recent = new Date(Date.now() - 60_000);
const line = (number: number): string => saved(number, recent);
const text = (...lines: string[]): string => lines.map((l) => `${l}\n`).join('');

beforeAll(async () => {
  await testDatabase();
  site = await telemetryRoot();
  key = (await createApiKey({ name: 'editor', scopes: ['ingest:events'] }, SYSTEM_ACTOR, new Date())).key;
  keyWithoutScope = (
    await createApiKey({ name: 'reader', scopes: ['read:metrics'] }, SYSTEM_ACTOR, new Date())
  ).key;
});
beforeEach(forgetTelemetry);
afterAll(async () => {
  await site.remove();
  await disconnectDatabase();
});

type Sending = { headers?: Record<string, string>; bearer?: string | null };

async function send(body: string | Uint8Array<ArrayBuffer> | ReadableStream, sending: Sending = {}) {
  const { bearer = key, headers = {} } = sending;
  const request = new Request('http://localhost/api/v1/events', {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-ndjson',
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      ...headers,
    },
    duplex: 'half',
  } as RequestInit);
  const response = await POST(request, { params: Promise.resolve({}) });
  const json: unknown = await response.json();
  return { status: response.status, json, answer: HttpBatchAnswerSchema.safeParse(json).data };
}

async function expectNothingStored(): Promise<void> {
  expect(await database().telemetryBatch.count()).toBe(0);
  expect(await storedSeries()).toEqual([]);
}

describe('accepting events over HTTP', () => {
  it('answers what became of every line, once it is committed [COL-1, COL-2, TEL-10]', async () => {
    const staging = line(3).replace('{', '{"environment":"staging",');
    const { status, answer } = await send(
      text(line(1), 'nonsense', line(2).replace('duration_ms', 'd'), staging),
    );
    expect(status).toBe(200);
    expect(answer).toMatchObject({ lines: 4, accepted: 2, excluded: 1, quarantined: 2, duplicate: false });
    expect(answer?.quarantine).toEqual([
      { line: 2, reason: 'not_json', field: null, message: expect.any(String) },
      { line: 3, reason: 'missing_field', field: 'duration_ms', message: expect.any(String) },
    ]);
    expect(await storedSeries()).toEqual(await expectedSeries([line(1), staging], new Date()));
    expect(await database().telemetryBatchPayload.count()).toBe(1);
  });

  it('takes gzip, a last line without its newline, and a body in pieces [COL-1]', async () => {
    const whole = Buffer.from(text(line(1), line(2)).trimEnd());
    const zipped = gzipSync(whole);
    const pieces = new ReadableStream({
      start(controller) {
        for (let at = 0; at < zipped.length; at += 7) controller.enqueue(zipped.subarray(at, at + 7));
        controller.close();
      },
    });
    const { status, answer } = await send(pieces, { headers: { 'content-encoding': 'gzip' } });
    expect(status).toBe(200);
    expect(answer).toMatchObject({ lines: 2, accepted: 2 });
  });

  it('takes what curl --data-binary sends without being told more [COL-1]', async () => {
    const { status, answer } = await send(text(line(1)), {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect([status, answer?.accepted]).toEqual([200, 1]);
  });

  it('counts the same content from the same key once [COL-2]', async () => {
    const first = await send(text(line(1)));
    const second = await send(text(line(1)));
    expect(second.answer).toEqual({ ...first.answer, duplicate: true });
    expect(await storedSeries()).toEqual(await expectedSeries([line(1)], new Date()));
  });

  it('replays the answer for the same Idempotency-Key and refuses it for another body [COL-2]', async () => {
    const headers = { 'idempotency-key': 'batch-7' };
    const first = await send(text(line(1), 'nonsense'), { headers });
    expect((await send(text(line(1), 'nonsense'), { headers })).answer).toEqual(first.answer);
    const other = await send(text(line(2)), { headers });
    expect(other).toMatchObject({ status: 422, json: { reason: 'idempotency_key_reused' } });
    expect(await storedSeries()).toEqual(await expectedSeries([line(1)], new Date()));
  });

  it('has one effect when fifty equal requests come at once [COL-2]', async () => {
    const headers = { 'idempotency-key': 'race' };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => send(text(line(1), line(2)), { headers })),
    );
    expect(new Set(answers.map((a) => JSON.stringify(a)))).toHaveLength(1);
    expect(await database().telemetryBatch.count()).toBe(1);
    expect(await storedSeries()).toEqual(await expectedSeries([line(1), line(2)], new Date()));
  });

  it('loses nothing when different bodies of one key come at once [COL-2]', async () => {
    const numbers = Array.from({ length: 40 }, (_, i) => i + 1);
    const insistently = async (n: number) => {
      while ((await send(text(line(n)))).status === 503); // as a client does: a busy machine lets not all begin in time
    };
    await Promise.all(numbers.map(insistently));
    expect(await storedSeries()).toEqual(await expectedSeries(numbers.map(line), new Date()));
  });
});

describe('refusing bodies', () => {
  it.each([
    ['no key', { bearer: null }, 401, 'api_key_missing'],
    ['a wrong key', { bearer: 'pg_i_wrong' }, 401, 'api_key_invalid'],
    ['another content type', { headers: { 'content-type': 'image/png' } }, 415, 'content_type'],
    ['another encoding', { headers: { 'content-encoding': 'br' } }, 415, 'content_encoding'],
    ['fewer bytes than announced', { headers: { 'content-length': '9999' } }, 400, 'content_length_mismatch'],
    ['another digest', { headers: { 'content-digest': 'sha-256=:AAAA:' } }, 400, 'content_digest_mismatch'],
    ['gzip that is none', { headers: { 'content-encoding': 'gzip' } }, 400, 'gzip_damaged'],
    ['an unusable idempotency key', { headers: { 'idempotency-key': 'a b' } }, 400, undefined],
  ] as const)('refuses %s and stores nothing [COL-1]', async (_, sending, status, reason) => {
    const result = await send(text(line(1)), sending);
    expect(result.status).toBe(status);
    if (reason !== undefined) expect(result.json).toMatchObject({ reason });
    await expectNothingStored();
  });

  it('refuses a key without the scope [COL-1]', async () => {
    expect((await send(text(line(1)), { bearer: keyWithoutScope })).status).toBe(403);
    await expectNothingStored();
  });

  it('accepts a matching digest [COL-1]', async () => {
    const body = text(line(1));
    const digest = createHash('sha256').update(body).digest('base64');
    expect((await send(body, { headers: { 'content-digest': `sha-256=:${digest}:` } })).status).toBe(200);
  });

  it('refuses an empty body and a gzip that is cut short [COL-1]', async () => {
    expect(await send('')).toMatchObject({ status: 400, json: { reason: 'empty_body' } });
    const zipped = gzipSync(text(...Array.from({ length: 200 }, (_, i) => line(i))));
    const cut = await send(new Uint8Array(zipped.subarray(0, zipped.length - 9)), {
      headers: { 'content-encoding': 'gzip' },
    });
    expect(cut).toMatchObject({ status: 400, json: { reason: 'gzip_damaged' } });
    await expectNothingStored();
  });

  it('refuses a body over the limit, also one that only unpacks to it [COL-1]', async () => {
    const { policy } = await loadPolicy();
    const limit = policy.telemetry.maxBodyBytes;
    expect((await send(new Uint8Array(limit + 1).fill(0x20))).status).toBe(413);
    const bomb = gzipSync(Buffer.alloc(limit * 2, ' '));
    const unpacked = await send(new Uint8Array(bomb), { headers: { 'content-encoding': 'gzip' } });
    expect(unpacked).toMatchObject({ status: 413, json: { reason: 'gzip_ratio' } });
    // A twentieth that does not pack keeps the rest below the ratio.
    const large = gzipSync(Buffer.concat([randomBytes(limit / 20), Buffer.alloc(limit, ' ')]));
    const whole = await send(new Uint8Array(large), { headers: { 'content-encoding': 'gzip' } });
    expect(whole).toMatchObject({ status: 413, json: { reason: 'body_limit' } });
    await expectNothingStored();
  });

  it('refuses a body whose sender went away [COL-1, COL-2]', async () => {
    let sent = false;
    const broken = new ReadableStream({
      pull(controller) {
        if (sent) controller.error(new Error('connection reset'));
        else controller.enqueue(Buffer.from(text(line(1))));
        sent = true;
      },
    });
    expect(await send(broken)).toMatchObject({ status: 400, json: { reason: 'body_cut_short' } });
    await expectNothingStored();
  });
});

describe('large bodies', () => {
  it('stores a large body at once and counts it at the next collection, once [COL-1, COL-2]', async () => {
    const lines = Array.from({ length: 48_000 }, (_, i) => line(i + 1));
    const first = await send(text(...lines));
    expect(first.status).toBe(202);
    expect(first.answer).toMatchObject({ state: 'received', lines: 0 });
    expect(await storedSeries()).toEqual([]);
    expect(await refresh()).toMatchObject({ events: 48_000, problems: [] });
    expect(await refresh()).toMatchObject({ events: 0 });
    const again = await send(text(...lines));
    expect(again.answer).toMatchObject({ state: 'counted', accepted: 48_000, duplicate: true });
    expect(await storedSeries()).toEqual(await expectedSeries(lines, new Date()));
  });
});
