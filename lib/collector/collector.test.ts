import { describe, expect, it } from 'vitest';
import { loadPolicy } from '#lib/policy/server.ts';
import { verifiedRange } from './batch-identity.ts';
import { collectorHealthOf } from './health.ts';
import { collectorEventLines } from './internal-events.ts';
import { formatMonitoringFile, monitoringFileName, parseMonitoringFile } from './monitoring-file.ts';

const { policy } = await loadPolicy('governance');
const cycle = (origin: 'scheduled' | 'catch_up') => ({
  windowStart: new Date('2026-11-21T10:00:00Z'),
  windowEnd: new Date('2026-11-21T10:15:00Z'),
  origin,
});
const ROLLOUTS = [{ rolloutId: 'autosave', phase: 'A' }];
const eventsOf = (origin: 'scheduled' | 'catch_up', collectedAt: string): string[] =>
  collectorEventLines(cycle(origin), new Date(collectedAt), ROLLOUTS, policy).map(
    (line) => JSON.parse(line).event,
  );

describe('what the Collector says of itself', () => {
  it.each([
    ['scheduled', '2026-11-21T10:15:02Z', ['collector.latency']],
    ['scheduled', '2026-11-21T10:20:00Z', ['collector.latency']],
    ['scheduled', '2026-11-21T10:20:00.001Z', ['collector.latency', 'collector.delayed']],
    ['catch_up', '2026-11-21T10:20:00Z', []],
    ['catch_up', '2026-11-21T10:20:00.001Z', ['collector.delayed']],
  ] as const)('a %s window collected at %s emits %j [TEL-7]', (origin, collectedAt, events) => {
    expect(eventsOf(origin, collectedAt)).toEqual(events);
  });

  it('measures from the end of the window and belongs to that window [TEL-7]', () => {
    const [line = ''] = collectorEventLines(
      cycle('scheduled'),
      new Date('2026-11-21T10:15:02Z'),
      ROLLOUTS,
      policy,
    );
    expect(JSON.parse(line)).toMatchObject({
      ts: '2026-11-21T10:14:59.999Z',
      component: 'collector',
      rollout: 'autosave',
      phase: 'A',
      duration_ms: 2000,
    });
  });
});

describe('knowing a content again', () => {
  const ranges = [
    { startOffset: 0, endOffset: 10, sha256: 'a', lineAfter: 1 },
    { startOffset: 10, endOffset: 30, sha256: 'b', lineAfter: 3 },
  ];
  it.each([
    ['the same content is verified to its end', { 10: 'a', 30: 'b' }, 30],
    ['a shorter content up to the last range it holds', { 10: 'a' }, 10],
    ['a content that changed later up to the change', { 10: 'a', 30: 'x' }, 10],
    ['a content that changed at its beginning not at all', { 10: 'x', 30: 'b' }, 0],
  ])('%s [COL-2]', (_, hashes, endOffset) => {
    const byEnd = new Map(Object.entries(hashes).map(([end, hash]) => [Number(end), hash]));
    expect(verifiedRange(ranges.toReversed(), byEnd).endOffset).toBe(endOffset);
  });
});

describe('the normalised output', () => {
  const file = {
    header: {
      schema_version: 1 as const,
      window: { start: '2026-11-21T10:00:00.000Z', end: '2026-11-21T10:15:00.000Z' },
      policy_version: 'a'.repeat(64),
    },
    series: [
      {
        rolloutId: 'autosave',
        phase: 'A',
        windowStart: '2026-11-21T10:00:00.000Z',
        event: 'client.session',
        tagSet: '',
        dims: '{}',
        field: '',
        count: 3,
        sum: 0,
        min: null,
        max: null,
        histogram: { zeroCount: 0, index: [], count: [] },
        lines: [],
      },
    ],
  };

  it('is named after the start of its window [COL-3]', () => {
    expect(monitoringFileName(new Date('2026-11-21T10:00:00Z'))).toBe('20261121T1000Z.jsonl');
  });

  it('is read back as it was written [COL-3]', () => {
    expect(parseMonitoringFile('x.jsonl', formatMonitoringFile(file))).toEqual(file);
  });

  it.each([
    ['', /x\.jsonl: the file is empty/],
    ['{"schema_version":2}', /x\.jsonl:1: /],
    [`${formatMonitoringFile(file)}{"cut`, /x\.jsonl:3: not JSON/],
    [formatMonitoringFile(file).replace('"count":3', '"count":-3'), /x\.jsonl:2: count: /],
  ])('names file and line when it cannot be read: %# [COL-3]', (text, message) => {
    expect(() => parseMonitoringFile('x.jsonl', text)).toThrow(message);
  });
});

describe('whether the Collector can see', () => {
  const now = new Date('2026-11-21T10:35:00Z');
  const facts = {
    newestWindowEnd: null,
    oldestDueEnd: null,
    dueWindows: 0,
    problems: [],
    lastReadAt: null,
    pausedSince: null,
  };
  it.each([
    ['waits before there is any telemetry', {}, 'waiting'],
    [
      'sees up to 20 minutes after the newest window',
      { newestWindowEnd: new Date('2026-11-21T10:15:00Z') },
      'watching',
    ],
    ['is blind after that', { newestWindowEnd: new Date('2026-11-21T10:14:59Z') }, 'blind'],
    [
      'is not blind while a pause is 5 minutes old',
      { newestWindowEnd: now, pausedSince: new Date(now.getTime() - 300_000) },
      'watching',
    ],
    [
      'is blind in a longer pause, however young the newest window',
      { newestWindowEnd: now, pausedSince: new Date(now.getTime() - 300_001) },
      'blind',
    ],
    [
      'is blind when windows wait and none was ever collected',
      { oldestDueEnd: new Date('2026-11-21T10:00:00Z') },
      'blind',
    ],
  ])('%s [TEL-7]', (_, known, state) => {
    expect(collectorHealthOf({ ...facts, ...known }, now, policy.cycle)).toMatchObject({
      state,
      blind: state === 'blind',
    });
  });
});
