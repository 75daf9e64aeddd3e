import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { type BatchCount, BatchCountSchema, compileEventRules, histogramOf } from '#lib/telemetry/index.ts';
import { JUNK_LINES, lineArbitrary, shippedContext } from '#scripts/test/nasty-lines.ts';
import { type CountContext, rulesOf } from './compiled-rules.ts';
import { BLOCK_BYTES, ContentHash, contentHash } from './content-hash.ts';
import type { CountJob } from './count-job.ts';
import { countLines } from './count-lines.ts';
import { countPieces } from './count-pieces.run.ts';
import { combineReports, openFileCounter } from './file-counter.client.ts';
import { judgeLine } from './judge-line.ts';

const ctx = shippedContext();
const small: CountContext = {
  ...ctx,
  policy: { ...ctx.policy, telemetry: { ...ctx.policy.telemetry, maxLineBytes: 1000 } },
};
const bytesOf = (text: string) => Buffer.from(text, 'utf8');
const START = { byteOffset: 0, lineNumber: 1 };
const directory = mkdtempSync(join(tmpdir(), 'phasegate-count-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A count in the form that two ways of counting must share: sums to nine digits, everything else exactly. */
const comparable = (count: BatchCount) => ({
  ...count,
  series: count.series.map((row) => ({ ...row, sum: Number(row.sum.toPrecision(9)) })),
});

/** What counting means, in the slowest and plainest way. */
function countPlainly(bytes: Buffer, context: CountContext) {
  const rules = compileEventRules(context.policy, context.catalogue);
  const rows = new Map<string, number[]>();
  const refused: [number, number, string][] = [];
  let [lineCount, blankCount, eventCount, excludedCount] = [0, 0, 0, 0];
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (at < bytes.length) {
    const newline = bytes.indexOf(0x0a, at);
    const end = newline < 0 ? bytes.length : newline;
    const verdict = judgeLine(rules, bytes.subarray(at, end), context.now.getTime());
    lineCount += 1;
    if (verdict === null) blankCount += 1;
    else if (!verdict.accepted) refused.push([lineCount, at, verdict.reason]);
    else {
      eventCount += 1;
      if (verdict.tagSet !== '') excludedCount += 1;
      const window = new Date(Math.floor(verdict.tsMs / 900_000) * 900_000).toISOString();
      for (const rollout of verdict.rollouts)
        for (const { field, value } of [{ field: '', value: 0 }, ...verdict.numbers]) {
          const key = JSON.stringify([
            rollout,
            verdict.phase,
            window,
            verdict.event,
            verdict.tagSet,
            verdict.dims,
            field,
          ]);
          rows.set(key, [...(rows.get(key) ?? []), value]);
        }
    }
    at = end + 1;
  }
  return { lineCount, blankCount, eventCount, excludedCount, refused, rows };
}

function expectSameAsPlain(count: BatchCount, bytes: Buffer, context: CountContext) {
  const plain = countPlainly(bytes, context);
  expect(count.lineCount).toBe(plain.lineCount);
  expect(count.blankCount).toBe(plain.blankCount);
  expect(count.eventCount).toBe(plain.eventCount);
  expect(count.excludedCount).toBe(plain.excludedCount);
  expect(count.quarantine.map((q) => [q.lineNumber, q.byteOffset, q.reason])).toEqual(plain.refused);
  const rows = count.series.map((row) => [
    JSON.stringify([row.rolloutId, row.phase, row.windowStart, row.event, row.tagSet, row.dims, row.field]),
    row,
  ]);
  expect(rows.map(([key]) => key)).toEqual([...plain.rows.keys()].sort());
  for (const row of count.series) {
    const key = JSON.stringify([
      row.rolloutId,
      row.phase,
      row.windowStart,
      row.event,
      row.tagSet,
      row.dims,
      row.field,
    ]);
    const values = plain.rows.get(key) ?? [];
    expect(row.count).toBe(values.length);
    if (row.field === '') continue;
    expect(row.sum).toBeCloseTo(
      values.reduce((a, b) => a + b, 0),
      3,
    );
    expect(row.min).toBe(Math.min(...values));
    expect(row.max).toBe(Math.max(...values));
    for (const { line, past } of row.lines) expect(past).toBe(values.filter((value) => value > line).length);
    if (row.field === 'duration_ms') expect(row.histogram).toEqual(histogramOf(values));
  }
}

/** Counts a file in small pieces, as the workers would. */
function countInPieces(bytes: Buffer, context: CountContext, pieceBytes: number): BatchCount {
  const path = join(directory, 'pieces.jsonl');
  writeFileSync(path, bytes);
  const job: CountJob = {
    path,
    from: 0,
    to: bytes.length,
    pieceBytes,
    nextPiece: new SharedArrayBuffer(4),
    byteOffset: 0,
    rules: rulesOf(context),
    nowMs: context.now.getTime(),
  };
  const answer = countPieces(job);
  if (answer.kind !== 'counted') throw new Error(answer.kind);
  return combineReports(rulesOf(context), [answer], 1);
}

const contentArbitrary = fc
  .array(
    fc.oneof(
      { weight: 12, arbitrary: lineArbitrary.map(bytesOf) },
      { weight: 1, arbitrary: fc.constantFrom(...JUNK_LINES) },
    ),
    {
      maxLength: 40,
    },
  )
  .chain((lines) =>
    fc.record({
      lines: fc.constant(lines),
      repeats: fc.integer({ min: 1, max: 3 }),
      lastNewline: fc.boolean(),
    }),
  )
  .map(({ lines, repeats, lastNewline }) => {
    const once = lines.flatMap((line) => [line, Uint8Array.from([0x0a])]);
    const all = Buffer.concat(Array.from({ length: repeats }, () => once).flat());
    return lastNewline ? all : all.subarray(0, -1);
  });

describe('counting lines', () => {
  it('gives the same counts as judging every line by JSON.parse, whatever the lines hold [TEL-10]', () => {
    fc.assert(
      fc.property(contentArbitrary, (content) => {
        const count = countLines(content, START, small);
        BatchCountSchema.parse(count);
        expectSameAsPlain(count, content, small);
      }),
      { numRuns: 250 },
    );
  });

  it('gives the same counts for a file in pieces as for its lines in memory, wherever the cuts fall [COL-2]', () => {
    fc.assert(
      fc.property(contentArbitrary, fc.integer({ min: 1, max: 700 }), (content, pieceBytes) => {
        expect(comparable(countInPieces(content, small, pieceBytes))).toEqual(
          comparable(countLines(content, START, small)),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('counts a file on worker threads as it counts its lines in memory [COL-2]', async () => {
    const lines = fc.sample(lineArbitrary, { numRuns: 1500, seed: 7 });
    const content = bytesOf(`\ufeff${`${lines.join('\n')}\n`.repeat(9)}`); // more than one piece
    expect(content.length).toBeGreaterThan(2 * 1024 * 1024);
    const path = join(directory, 'large.jsonl');
    writeFileSync(path, content);
    const counter = await openFileCounter({ threads: 2 });
    onTestFinished(() => counter[Symbol.asyncDispose]());
    const [first, second] = await Promise.all([
      counter.countFile(path, START, ctx),
      counter.countFile(path, START, ctx),
    ]);
    expect(comparable(first.count)).toEqual(comparable(countLines(content, START, ctx)));
    expect(comparable(second.count)).toEqual(comparable(first.count));
  });

  it('counts a range of a file with the places of its source [COL-2]', async () => {
    const lines = ['nonsense', 'more nonsense', '', 'the end'];
    const path = join(directory, 'range.jsonl');
    writeFileSync(path, `${lines.join('\n')}\n`);
    const counter = await openFileCounter({ threads: 1 });
    onTestFinished(() => counter[Symbol.asyncDispose]());
    const { count } = await counter.countFile(path, { byteOffset: 100, lineNumber: 50 }, ctx, {
      from: 9,
      to: 24,
    });
    expect(count).toMatchObject({ lineCount: 2, blankCount: 1, quarantinedCount: 1 });
    expect(count.quarantine[0]).toMatchObject({ lineNumber: 50, byteOffset: 100, raw: 'more nonsense' });
  });

  it('hashes the bytes that it counts, whatever their number of blocks [COL-2]', async () => {
    const counter = await openFileCounter({ threads: 1 });
    onTestFinished(() => counter[Symbol.asyncDispose]());
    const path = join(directory, 'hash.jsonl');
    const content = Buffer.alloc(3_000_001, `${' '.repeat(100)}\n`);
    writeFileSync(path, content);
    for (const to of [
      1,
      100,
      BLOCK_BYTES,
      BLOCK_BYTES + 1,
      BLOCK_BYTES + 2,
      2 * BLOCK_BYTES + 1,
      3_000_000,
    ]) {
      const { sha256 } = await counter.countFile(path, START, ctx, { from: 1, to });
      const blocks = [];
      for (let at = 1; at < to; at += BLOCK_BYTES)
        blocks.push(sha256Of(content.subarray(at, Math.min(at + BLOCK_BYTES, to))));
      expect(sha256).toBe(
        (blocks.length === 1 ? blocks[0] : sha256Of(Buffer.concat(blocks)))?.toString('hex'),
      );
      expect(sha256).toBe(contentHash(content.subarray(1, to)));
    }
  });

  it('says that its threads have ended instead of waiting for them for ever [COL-5]', async () => {
    const counter = await openFileCounter({ threads: 1 });
    const path = join(directory, 'ended.jsonl');
    writeFileSync(path, '{}\n');
    counter.close();
    expect(counter.isAlive()).toBe(false);
    await expect(counter.countFile(path, START, ctx)).rejects.toThrow('have ended');
  });

  it('says that a file cannot be counted instead of counting a part [COL-5]', async () => {
    const counter = await openFileCounter({ threads: 1 });
    onTestFinished(() => counter[Symbol.asyncDispose]());
    await expect(counter.countFile(join(directory, 'missing'), START, ctx)).rejects.toThrow('cannot be read');
    const path = join(directory, 'short.jsonl');
    writeFileSync(path, '{}\n');
    await expect(counter.countFile(path, START, ctx, { from: 0, to: 10 })).rejects.toThrow('cut short');
    await expect(counter.countFile(path, START, ctx)).resolves.toMatchObject({ count: { lineCount: 1 } });
  });
});

const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest();

describe('the hash of a content', () => {
  it('does not depend on the parts it arrives in, and can be asked for at any point [COL-2]', () => {
    const content = Buffer.alloc(2 * BLOCK_BYTES + 7, 'telemetry');
    for (const part of [1000, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, content.length]) {
      const hash = new ContentHash();
      for (let at = 0; at < content.length; at += part) {
        hash.update(content.subarray(at, at + part));
        if (part >= BLOCK_BYTES - 1) expect(hash.hex()).toBe(contentHash(content.subarray(0, at + part)));
      }
      expect(hash.hex()).toBe(contentHash(content));
    }
  });

  it('is the SHA-256 that every tool knows, up to one block [COL-2]', () => {
    for (const length of [0, 1, BLOCK_BYTES]) {
      const content = Buffer.alloc(length, 'x');
      expect(contentHash(content)).toBe(sha256Of(content).toString('hex'));
    }
  });
});

const valid = (changes: Record<string, unknown> = {}) =>
  JSON.stringify({
    ts: '2026-11-21T11:30:00.000Z',
    component: 'autosave',
    event: 'autosave.save.completed',
    duration_ms: 1875,
    bytes: 24_576,
    feature: 'autosave',
    lease_id: 'uuid',
    retry_count: 0,
    retryable: true,
    phase: 'A-1',
    ...changes,
  });
const countText = (text: string, context = ctx) => countLines(bytesOf(text), START, context);

describe('a line', () => {
  it.each<[string, string, string, string | null]>([
    ['cut off', valid().slice(0, -20), 'not_json', null],
    ['with NaN', valid().replace('1875', 'NaN'), 'not_json', null],
    ['with Infinity', valid().replace('1875', 'Infinity'), 'not_json', null],
    ['with a number beyond a double', valid().replace('1875', '1e400'), 'out_of_range', 'duration_ms'],
    ['with a NUL byte', `${valid()}\u0000`, 'not_json', null],
    ['with two values', `${valid()}${valid()}`, 'not_json', null],
    ['with a trailing comma', valid().replace('}', ',}'), 'not_json', null],
    ['with a leading zero', valid().replace('1875', '01875'), 'not_json', null],
    ['that is a list', '[1]', 'not_an_object', null],
    ['with a byte order mark in the middle of a source', `\n\ufeff${valid()}`, 'not_json', null],
    [
      'nested 40 deep',
      valid({ x: 1 }).replace('"x":1', `"x":${'['.repeat(40)}${']'.repeat(40)}`),
      'nested_too_deep',
      null,
    ],
    ['of an unknown event', valid({ event: 'made.up' }), 'unknown_event', 'event'],
    ['of the event __proto__', valid({ event: '__proto__' }), 'unknown_event', 'event'],
    ['without an event', valid({ event: undefined }), 'missing_field', 'event'],
    ['of an unknown phase', valid({ phase: 'Z' }), 'unknown_phase', 'phase'],
    ['of a rollout without the phase', valid({ rollout: 'autosave' }), 'unknown_phase', 'rollout'],
    ['without its latency', valid({ duration_ms: undefined }), 'missing_field', 'duration_ms'],
    ['with a negative latency', valid({ duration_ms: -1 }), 'out_of_range', 'duration_ms'],
    ['with a latency in quotes', valid({ duration_ms: '1875' }), 'wrong_type', 'duration_ms'],
    ['with half a byte', valid({ bytes: 1.5 }), 'wrong_type', 'bytes'],
    ['with a flag in quotes', valid({ retryable: 'true' }), 'wrong_type', 'retryable'],
    ['with a tag in quotes', valid({ dry_run: 'true' }), 'wrong_type', 'dry_run'],
    ['without a feature', valid({ feature: undefined }), 'missing_field', 'feature'],
    ['of 1970', valid({ ts: '1970-01-01T00:00:00Z' }), 'ts_too_old', 'ts'],
    ['of 9999', valid({ ts: '9999-12-31T23:59:59Z' }), 'ts_in_future', 'ts'],
    ['six minutes ahead', valid({ ts: '2026-11-21T12:06:00Z' }), 'ts_in_future', 'ts'],
    ['of 30 February', valid({ ts: '2026-02-30T00:00:00Z' }), 'ts_invalid', 'ts'],
    ['with a local time', valid({ ts: '2026-11-21T11:30:00' }), 'ts_invalid', 'ts'],
    ['with seconds since 1970', valid({ ts: 1_700_000_000 }), 'wrong_type', 'ts'],
    [
      'with __proto__ in place of a field',
      '{"__proto__":{"event":"client.session"}}',
      'missing_field',
      'event',
    ],
  ])('%s is refused with its reason and place [TEL-10]', (_, line, reason, field) => {
    const count = countText(`${valid()}\n${line}\n${valid()}\n`);
    expect(count.eventCount).toBe(2);
    expect(count.quarantine).toMatchObject([{ reason, field }]);
    expect(count.quarantinedCount).toBe(1);
    expect(count.lineCount).toBe(count.eventCount + count.quarantinedCount + count.blankCount);
  });

  it.each<[string, string]>([
    ['with CRLF', `${valid()}\r`],
    ['with an offset', valid({ ts: '2026-11-21T20:30:00+09:00' })],
    ['with unknown fields', valid({ request: { id: 1 }, note: 'x' })],
    ['with a whole number written as a decimal', valid().replace('24576', '24576.0')],
    ['with escapes', valid().replace('uuid', 'a\\u0062"'.replace('"', '\\"'))],
    ['with a repeated key, of which the last counts', valid().replace('{', '{"duration_ms":"bad",')],
    ['that sends __proto__ beside its fields', valid().replace('{', '{"__proto__":{"a":1},')],
  ])('%s is counted [TEL-1]', (_, line) => {
    const count = countText(`${line}\n`);
    expect(count.quarantine).toEqual([]);
    expect(count.eventCount).toBe(1);
    expect(count.series.map((row) => row.field)).toEqual(['', 'bytes', 'duration_ms', 'retry_count']);
  });

  it('that is not UTF-8 is refused, the rest is counted [TEL-10]', () => {
    const bad = Buffer.concat([
      bytesOf('{"a":"'),
      Buffer.from([0xc3, 0x28]),
      bytesOf('"}\n'),
      bytesOf(valid()),
    ]);
    expect(countLines(bad, START, ctx)).toMatchObject({
      eventCount: 1,
      quarantine: [{ reason: 'not_utf8' }],
    });
  });

  it('after a byte order mark at the start of a source is counted [TEL-10]', () => {
    expect(countText(`\ufeff${valid()}\n`)).toMatchObject({ eventCount: 1, quarantinedCount: 0 });
  });

  it('longer than policy allows is refused with its head, in memory and in a file of pieces [TEL-10]', () => {
    const long = `{"ts":"${'x'.repeat(10_000_000)}"}`;
    const content = bytesOf(`${valid()}\n${long}\n${valid()}\n`);
    const inMemory = countLines(content, START, ctx);
    expect(inMemory).toMatchObject({ eventCount: 2, lineCount: 3, quarantinedCount: 1 });
    expect(inMemory.quarantine[0]).toMatchObject({
      reason: 'line_too_long',
      lineNumber: 2,
      byteLength: long.length,
      rawTruncated: true,
    });
    expect(inMemory.quarantine[0]?.raw).toHaveLength(8192);
    expect(countInPieces(content, ctx, 1 << 20)).toEqual(inMemory);
  });

  it('of 900 kB crosses pieces and is counted [COL-2]', () => {
    const content = bytesOf(`${valid()}\n${valid({ note: 'x'.repeat(900_000) })}\n${valid()}`);
    expect(countInPieces(content, ctx, 100_000)).toMatchObject({
      eventCount: 3,
      lineCount: 3,
      quarantinedCount: 0,
    });
  });
});

describe('what is counted', () => {
  it('nothing in an empty source [COL-1]', () => {
    expect(countText('')).toEqual({
      lineCount: 0,
      blankCount: 0,
      eventCount: 0,
      excludedCount: 0,
      quarantinedCount: 0,
      minTs: null,
      maxTs: null,
      series: [],
      quarantine: [],
    });
  });

  it('tags what must not be judged: the first exclusion that matches [TEL-11]', () => {
    const tagSet = (changes: Record<string, unknown>) => countText(valid(changes)).series[0]?.tagSet;
    expect(tagSet({})).toBe('');
    expect(tagSet({ dry_run: true, environment: 'staging' })).toBe('dry_run');
    expect(tagSet({ observed_only: true })).toBe('observed_only');
    expect(tagSet({ environment: 'staging' })).toBe('environment=staging');
    expect(tagSet({ tenant: 'standard' })).toBe('tenant=standard');
    expect(tagSet({ tenant: 'standard', phase: 'A-2' })).toBe('');
    expect(tagSet({ tenant: 'acme' })).toBe('');
    expect(countText(valid({ dry_run: true }))).toMatchObject({ eventCount: 1, excludedCount: 1 });
  });

  it('counts values strictly above each policy line, exactly [ANA-3]', () => {
    const text = [2000, 2000.001, 2500, 2501, 1].map((ms) => valid({ duration_ms: ms })).join('\n');
    const row = countText(text).series.find((series) => series.field === 'duration_ms');
    const past = new Map(row?.lines.map(({ line, past: n }) => [line, n]));
    expect(past.get(2000)).toBe(3);
    expect(past.get(2500)).toBe(1);
  });

  it('measures derived products and flags [TEL-4]', () => {
    const merge = JSON.stringify({
      ts: '2026-11-21T11:30:00Z',
      component: 'merge',
      event: 'merge.diff.apply',
      precision: 'beta',
      auto_accepted: true,
      hunk_count: 10,
      auto_accept_ratio: 0.8,
      feature: 'merge',
      phase: 'B-0',
    });
    const rows = countText(`${merge}\n${merge}\n`).series;
    expect(rows.find((row) => row.field === 'accepted_hunks')).toMatchObject({
      count: 2,
      sum: 16,
      min: 8,
      max: 8,
    });
    const retried = countText(`${valid({ retry_count: 2 })}\n${valid()}\n`).series.filter(
      (row) => row.field === '',
    );
    expect(retried.map((row) => row.dims)).toEqual(['{"retried":false}', '{"retried":true}']);
  });

  it('folds dimension values beyond the limit the same way wherever the file is cut [TEL-10]', () => {
    const lines = Array.from({ length: 9000 }, (_, i) =>
      JSON.stringify({
        ts: '2026-11-21T11:30:00Z',
        component: 'autosave',
        event: 'autosave.save.error',
        code: `code-${(i * 7919) % 4500}`,
        feature: 'autosave',
        phase: 'A',
      }),
    );
    const content = bytesOf(lines.join('\n'));
    const whole = countLines(content, START, ctx);
    expect(whole.eventCount).toBe(9000);
    expect(whole.series).toHaveLength(51);
    expect(whole.series.find((row) => row.dims.includes('__other__'))?.count).toBe(9000 - 50 * 2);
    expect(countInPieces(content, ctx, 10_000)).toEqual(whole);
  });

  it('keeps 10,000 refused lines one by one and the rest as ranges that lose no line [TEL-10]', () => {
    const content = bytesOf('junk line\n'.repeat(25_000));
    const count = countLines(content, START, ctx);
    expect(count.quarantinedCount).toBe(25_000);
    expect(count.quarantine).toHaveLength(10_001);
    const range = count.quarantine.at(-1);
    expect(range).toMatchObject({
      lineNumber: 10_001,
      byteOffset: 100_000,
      byteLength: 149_999,
      rawTruncated: true,
    });
    expect(range?.message).toContain('15000 refused lines');
    const again = countLines(
      content.subarray(100_000, 249_999),
      { byteOffset: 100_000, lineNumber: 10_001 },
      ctx,
    );
    expect(again.quarantinedCount).toBe(15_000);
    expect(countInPieces(content, ctx, 60_000).quarantinedCount).toBe(25_000);
  });

  it('never counts a line by the shape of another when a value breaks a rule [TEL-10]', () => {
    const lines = [
      valid(),
      valid({ duration_ms: -5 }),
      valid({ bytes: 2.5 }),
      valid({ lease_id: 'x'.repeat(300) }),
      valid({ tenant: 'acme' }),
      valid({ tenant: 'standard' }),
      valid({ retry_count: 1 }),
      valid({ ts: '2026-11-21T10:30:00.000Z' }),
    ];
    const content = bytesOf(Array.from({ length: 3 }, () => lines.join('\n')).join('\n'));
    expectSameAsPlain(countLines(content, START, ctx), content, ctx);
  });
});
