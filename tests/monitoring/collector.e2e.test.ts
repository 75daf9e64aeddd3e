import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PhaseVerdictSchema } from '#lib/analyzer/index.ts';
import { parseMonitoringFile } from '#lib/collector/index.ts';
import { from, MERGED, ndjson, run, times } from '#scripts/test/mission.ts';
import { telemetryRoot } from '#scripts/test/telemetry-root.ts';

// Seed 001 §7 item 5: Collector → Analyzer → Reporter hand each other JSON, in a dry run without a database.
const NOW = '2026-11-21T10:16:00Z';
let files: Awaited<ReturnType<typeof telemetryRoot>>;
beforeAll(async () => {
  files = await telemetryRoot();
  const source = files.at('reports/canary/phase-b0.jsonl');
  await mkdir(dirname(source), { recursive: true });
  const merges = [...times(50, MERGED), ...times(50, { ...MERGED, auto_accepted: false })];
  await writeFile(source, ndjson(from('2026-11-21T10:01:00Z', merges)));
});
afterAll(() => files.remove());

describe('collect-metrics --window=15m --dry-run [PLAN-10]', () => {
  it('hands the window to the Analyzer, whose verdict the Reporter words [COL-7] [ANA-8] [REP-8]', async () => {
    const env = { TELEMETRY_ROOTS: files.root };
    const output = files.at('20261121T1000Z.jsonl');
    const collected = await run(
      'scripts/monitor/collect-metrics.ts',
      ['--window=15m', '--dry-run', `--now=${NOW}`, `--output=${output}`],
      env,
    );
    expect(collected).toMatchObject({ code: 0, err: '' });
    const { policy_version: policyVersion, window } = JSON.parse(collected.out);
    expect(window).toEqual({ start: '2026-11-21T10:00:00.000Z', end: '2026-11-21T10:15:00.000Z' });

    const file = parseMonitoringFile(output, await readFile(output, 'utf8'));
    expect(file.header).toEqual({
      schema_version: 1,
      window,
      policy_version: policyVersion,
      dry_run: true,
    });
    expect(file.series.map(({ phase, event, tagSet }) => [phase, event, tagSet])).toContainEqual([
      'B-0',
      'merge.diff.apply',
      '',
    ]);

    const analyzed = await run('scripts/monitor/analyze.ts', ['--phase', 'B-0', `--input=${output}`], env);
    expect(analyzed).toMatchObject({ code: 0, err: '' });
    const { report, verdicts } = JSON.parse(analyzed.out);
    expect(verdicts).toHaveLength(1);
    expect(PhaseVerdictSchema.parse(verdicts[0])).toMatchObject({
      rollout: 'autosave-merge',
      phase: 'B-0',
      window,
      breach: true,
      rollback_required: true,
      rollbackTo: 'A-2',
      notify_level: 'critical',
      policy_version: policyVersion,
    });
    const summary = await readFile(report, 'utf8');
    expect(summary).toContain('npm run flags:rollback -- --rollout autosave-merge --phase A-2');
  });
});
