import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '#lib/policy/index.ts';
import type { WindowSeries } from '#lib/telemetry/index.ts';
import { judgeWindow } from './judge-window.ts';
import { type LostSource, lostIn, lostSourcesOf, type SourceState } from './lost-sources.ts';

const { policy, catalogue, hash } = parsePolicy({
  policy: { file: 'policy.yaml', text: readFileSync('governance/policy.yaml', 'utf8') },
  events: { file: 'events.yaml', text: readFileSync('governance/events.yaml', 'utf8') },
});
const END = new Date('2026-11-24T03:00:00Z');
const minutes = (n: number) => new Date(END.getTime() + n * 60_000);
const window = { start: minutes(-15), end: END };
const lost = (about: Partial<LostSource> = {}): LostSource => ({
  source: 'reports/canary/phase-a.jsonl',
  failure: 'EACCES',
  retryable: false,
  failingSince: minutes(-1),
  ...about,
});

/** Quick saves and good restores of A-1, `from` to `to` minutes from the window's end. */
function heard(from: number, to: number): WindowSeries[] {
  const rows: WindowSeries[] = [];
  for (let at = from; at < to; at += 15)
    for (const [event, dims] of [
      ['autosave.save.completed', '{}'],
      ['autosave.restore.result', '{"success":true}'],
    ] as const)
      for (const field of ['', 'duration_ms'])
        rows.push({
          rolloutId: 'autosave-merge',
          phase: 'A-1',
          windowStart: minutes(at).toISOString(),
          event,
          tagSet: '',
          dims,
          field,
          count: 500,
          sum: 500_000,
          min: 1000,
          max: 1000,
          histogram: { zeroCount: 0, index: [319], count: [500] },
          lines: [],
        });
  return rows;
}
const judged = (series: WindowSeries[], missing: LostSource[]) =>
  judgeWindow({
    policy,
    catalogue,
    policyHash: hash,
    series,
    lost: missing,
    rolloutId: 'autosave-merge',
    phase: 'A-1',
    windowEnd: END,
  });

describe('a file that cannot be read', () => {
  it('requires a rollback when nothing else is heard, however good the hours before were [COL-5] [ANA-4]', () => {
    const verdict = judged(heard(-120, -15), [lost()]);
    expect(verdict).toMatchObject({
      verdict: 'insufficient_data',
      breach: false,
      slo_met: null,
      rollback_required: true,
      rollbackTo: 'A-0',
      notify_level: 'critical',
    });
    expect(verdict.metrics[0]).toMatchObject({
      reason: 'source_lost',
      met: null,
      detail: { source: 'reports/canary/phase-a.jsonl', failure: 'EACCES' },
    });
  });

  it('requires nothing while other sources are heard: Phasegate still sees [COL-5]', () => {
    const verdict = judged(heard(-120, 0), [lost()]);
    expect(verdict).toMatchObject({ rollback_required: false, slo_met: true });
  });

  it('requires nothing where nothing fails: silence alone is no loss [COL-5] [ANA-4]', () => {
    expect(judged(heard(-120, -15), [])).toMatchObject({ rollback_required: false });
  });

  it.each([
    ['from the first moment on when a person must repair it', false, -0.001, true],
    ['not in a window before its failure', false, 0, false],
    ['when it has failed through the whole window, though it may pass by itself', true, -15, true],
    ['not when it may pass by itself and failed later than the window began', true, -14.999, false],
  ])('is missing %s [COL-5]', (_, retryable, since, missing) => {
    expect(lostIn([lost({ retryable, failingSince: minutes(since) })], window) !== null).toBe(missing);
  });
});

describe('whom a file fed', () => {
  const read = (about: Partial<SourceState> = {}): SourceState => ({
    name: 'reports/canary/phase-a.jsonl',
    feeds: ['autosave-merge/A-1'],
    newestEventAt: minutes(-10),
    failing: null,
    ...about,
  });
  const failing = { failure: 'EACCES', retryable: false, since: minutes(-5) };
  const of = { rolloutId: 'autosave-merge', phase: 'A-1', withinSeconds: 7200 };

  it('is known from what was read of it before [COL-5]', () => {
    expect(lostSourcesOf([read({ failing })], of)).toHaveLength(1);
    expect(lostSourcesOf([read({ failing, feeds: ['autosave-merge/A-0'] })], of)).toHaveLength(0);
    expect(lostSourcesOf([read()], of)).toHaveLength(0);
  });

  it('is known of a new file by the one that was rotated away [COL-5]', () => {
    const fresh = read({ feeds: [], newestEventAt: null, failing });
    expect(lostSourcesOf([fresh], of)).toHaveLength(0);
    expect(lostSourcesOf([read({ name: 'reports/canary/phase-a.jsonl.1' }), fresh], of)).toHaveLength(1);
    expect(lostSourcesOf([read({ name: 'reports/canary/phase-ab.jsonl' }), fresh], of)).toHaveLength(0);
    expect(lostSourcesOf([read({ name: 'logs/phase-a.jsonl' }), fresh], of)).toHaveLength(0);
  });

  it('is over when it had held nothing for hours: an old archive is no source [COL-5]', () => {
    expect(lostSourcesOf([read({ failing, newestEventAt: minutes(-125) })], of)).toHaveLength(1);
    expect(lostSourcesOf([read({ failing, newestEventAt: minutes(-125.001) })], of)).toHaveLength(0);
  });
});
