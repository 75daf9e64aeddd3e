import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judgeWindow } from '#lib/analyzer/index.ts';
import { countLines } from '#lib/collector/server.ts';
import { parsePolicy } from '#lib/policy/index.ts';

const { policy, catalogue, hash } = parsePolicy({
  policy: { file: 'policy.yaml', text: readFileSync('governance/policy.yaml', 'utf8') },
  events: { file: 'events.yaml', text: readFileSync('governance/events.yaml', 'utf8') },
});

const WINDOW_START = Date.parse('2024-07-05T04:00:00.000Z');
const WINDOW_END = new Date(WINDOW_START + 900_000);

type Fields = Record<string, unknown>;
const common = { component: 'autosave', feature: 'autosave', phase: 'A-2' };
const times = (count: number, fields: Fields): Fields[] => Array.from({ length: count }, () => fields);

/** The events of the mission's own documents, field by field. */
const SAVED = {
  ...common,
  event: 'autosave.save.completed',
  duration_ms: 1875,
  bytes: 24_576,
  lease_id: 'uuid',
  retry_count: 0,
  retryable: true,
};
const SAVE_ERROR = {
  ...common,
  event: 'autosave.save.error',
  code: 'disk-full',
  retryable: false,
  lease_id: 'uuid',
};
const RESTORED = {
  ...common,
  event: 'autosave.restore.result',
  source: 'history',
  success: true,
  duration_ms: 4200,
};
const MERGED = {
  ...common,
  component: 'merge',
  event: 'merge.diff.apply',
  precision: 'beta',
  auto_accepted: true,
  hunk_count: 12,
  auto_accept_ratio: 0.83,
  feature: 'merge',
  phase: 'B-0',
};
const LOCK = {
  ...common,
  event: 'autosave.lock.error',
  code: 'lock-unavailable',
  retryable: true,
  attempt: 2,
  max_attempts: 3,
  lease_id: 'uuid',
};
const SESSION = { ts: '', component: 'client', event: 'client.session', phase: 'A-2' };

function judge(events: readonly Fields[], phase = 'A-2') {
  const lines = events.map((fields, i) =>
    JSON.stringify({ ...fields, ts: new Date(WINDOW_START + i).toISOString() }),
  );
  const counted = countLines(
    Buffer.from(lines.join('\n')),
    { byteOffset: 0, lineNumber: 1 },
    { policy, catalogue, now: WINDOW_END },
  );
  expect(counted.quarantine).toEqual([]);
  const verdict = judgeWindow({
    policy,
    catalogue,
    policyHash: hash,
    series: counted.series,
    rolloutId: 'autosave-merge',
    phase,
    windowEnd: WINDOW_END,
  });
  const value = (metric: string) => verdict.metrics.find((candidate) => candidate.metric === metric)?.value;
  return { counted, verdict, value };
}

describe('the events of the mission, from line to metric', () => {
  it('reads the P95 and the retries off completed saves [TEL-1]', () => {
    const { value } = judge([
      ...times(90, SAVED),
      ...times(10, { ...SAVED, duration_ms: 3000, retry_count: 2 }),
    ]);
    expect(value('autosave_p95')).toBeGreaterThan(3000 * 0.989);
    expect(value('autosave_p95')).toBeLessThan(3000 * 1.011);
    expect(value('retry_rate')).toBe(0.1);
  });

  it('takes the failure rate as errors over errors and completed saves [TEL-2]', () => {
    const { value } = judge([...times(95, SAVED), ...times(5, SAVE_ERROR)]);
    expect(value('save_error_rate')).toBe(0.05);
    expect(value('autosave_error_count')).toBe(5);
  });

  it('takes the restore success rate as successes over all restores [TEL-3]', () => {
    const { value, verdict } = judge([...times(199, RESTORED), { ...RESTORED, success: false }]);
    expect(value('restore_success_rate')).toBe(0.995);
    expect(verdict.verdict).toBe('violation'); // a failure rate of 0.5 % is past the limit of A-2
  });

  it('takes the auto-merge rate from auto_accepted, and by hunks from auto_accept_ratio [TEL-4]', () => {
    const { value } = judge(
      [
        ...times(18, MERGED),
        ...times(2, { ...MERGED, auto_accepted: false, hunk_count: 4, auto_accept_ratio: 0.25 }),
      ],
      'B-0',
    );
    expect(value('merge_auto_success_rate')).toBe(0.9);
    expect(value('merge_conflict_rate')).toBe(0.1);
    expect(value('merge_auto_success_rate_by_hunks')).toBeCloseTo(
      (18 * 12 * 0.83 + 2 * 4 * 0.25) / (18 * 12 + 2 * 4),
      9,
    );
  });

  it('derives retries and retryable failures from locks [TEL-5]', () => {
    const { value, verdict } = judge([
      ...times(97, SAVED),
      ...times(3, LOCK),
      ...times(2, { ...SAVE_ERROR, retryable: true }),
    ]);
    expect(value('retry_rate')).toBe(0.03);
    expect(verdict.retryable_failures).toBe(5);
  });

  it('takes no drift for zero only where clients were heard [TEL-6]', () => {
    const drift = { ...common, event: 'autosave.history.drift' };
    expect(judge(times(30, SAVED)).value('history_drift')).toBe(0);
    expect(judge([...times(30, SAVED), drift]).value('history_drift')).toBe(1);
    const collector = { component: 'collector', event: 'collector.latency', phase: 'A-2', duration_ms: 9 };
    expect(judge([collector]).value('history_drift')).toBeNull();
  });

  it('takes the increase of the crash rate over the baseline, and critical bugs filed by people [TEL-9]', () => {
    const crash = { ...SESSION, event: 'client.crash' };
    const baseline = { phase: 'A-0' };
    const { value } = judge([
      ...times(1000, { ...SESSION, ...baseline }),
      ...times(10, { ...crash, ...baseline }),
      ...times(1000, SESSION),
      ...times(12, crash),
    ]);
    expect(value('crash_rate_delta')).toBeCloseTo(0.2, 9);
    const bug = { component: 'client', event: 'bug.reported', severity: 'critical', phase: 'B-0' };
    const { value: inMerge } = judge(
      [...times(30, MERGED), ...times(2, bug), { ...bug, severity: 'minor' }],
      'B-0',
    );
    expect(inMerge('critical_bugs_per_day')).toBe(2);
  });
});
