import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { PhaseVerdictSchema } from '#lib/analyzer/index.ts';
import { countRow, shipped, valueRow } from '#scripts/test/window-series.ts';

const FIXTURES = 'tests/fixtures';
const VIOLATION = `${FIXTURES}/autosave_phaseA_violation.jsonl`;
// Every command is a process of its own; a busy machine may be slow to start them.

const folder = mkdtempSync(join(tmpdir(), 'phasegate-monitor-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(script: 'score' | 'analyze', ...args: string[]) {
  // No database, and none to be found: what judges a file alone must not need one.
  const { DATABASE_URL: _, ...env } = process.env;
  const done = spawnSync(process.execPath, [`scripts/monitor/${script}.ts`, ...args], {
    encoding: 'utf8',
    env,
  });
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

const verdictOf = (stdout: string) => PhaseVerdictSchema.parse(JSON.parse(stdout));

describe('monitor:score', () => {
  it('prints one JSON object and nothing else, and exits 0 on a violation [ANA-5]', () => {
    const { code, stdout, stderr } = run('score', '--phase', 'A', '--fixture', VIOLATION);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(verdictOf(stdout)).toMatchObject({
      rollout: 'autosave',
      phase: 'A',
      window: { start: '2026-11-20T00:30:00.000Z', end: '2026-11-20T00:45:00.000Z' },
      verdict: 'violation',
      breach: true,
      rollback_required: true,
      rollbackTo: null,
      notify_level: 'critical',
    });
  });

  it('exits 3 on a violation only when asked to [ANA-5]', () => {
    expect(run('score', '--phase', 'A', '--fixture', VIOLATION, '--fail-on-breach').code).toBe(3);
    const passing = `${FIXTURES}/autosave_phaseA_pass.jsonl`;
    expect(run('score', '--phase', 'A', '--fixture', passing, '--fail-on-breach').code).toBe(0);
  });

  it('judges as of --now: the window before the violation passes [ANA-5]', () => {
    const at = (now: string) => run('score', '--phase', 'A', '--fixture', VIOLATION, '--now', now);
    expect(verdictOf(at('2026-11-20T09:30:00+09:00').stdout)).toMatchObject({
      verdict: 'pass',
      window: { end: '2026-11-20T00:30:00.000Z' },
    });
    expect(verdictOf(at('2026-11-20T00:44:59Z').stdout).verdict).toBe('pass');
    expect(verdictOf(at('2026-11-20T09:00:00Z').stdout).verdict).toBe('insufficient_data');
  });

  it('reads gzip, and a file without its last newline, to the same verdict [COL-1]', () => {
    const plain = readFileSync(VIOLATION);
    const gz = join(folder, 'violation.jsonl.gz');
    const cut = join(folder, 'cut.jsonl');
    writeFileSync(gz, gzipSync(plain));
    writeFileSync(cut, plain.subarray(0, -1));
    const expected = verdictOf(run('score', '--phase', 'A', '--fixture', VIOLATION).stdout);
    for (const file of [gz, cut])
      expect(verdictOf(run('score', '--phase', 'A', '--fixture', file).stdout)).toEqual(expected);
  });

  it('names lines it cannot count on standard error and judges the rest [TEL-10]', () => {
    const file = `${FIXTURES}/autosave_phaseA_bad_lines.jsonl`;
    const { code, stdout, stderr } = run('score', '--phase', 'A', '--fixture', file);
    expect(code).toBe(0);
    expect(verdictOf(stdout).verdict).toBe('pass');
    expect(stderr).toContain('4 of 191 lines');
    for (const reason of [':6: not_json', ':7: ts_too_old', ':8: ts_in_future', ':9: out_of_range'])
      expect(stderr).toContain(reason);
  });

  it.each([
    ['violation', 'violation', 'A-2'],
    ['at_limit', 'warn', null],
  ])('finds the rollout of a phase by itself: B-0 %s is %s [ANA-5] [PHA-2]', (name, verdict, rollbackTo) => {
    const { stdout } = run('score', '--phase', 'B-0', '--fixture', `${FIXTURES}/merge_phaseB0_${name}.jsonl`);
    expect(verdictOf(stdout)).toMatchObject({ rollout: 'autosave-merge', verdict, rollbackTo });
  });

  it.each([
    [['--phase', 'A-9', '--fixture', VIOLATION], /unknown phase "A-9": did you mean/],
    [['--phase', 'A', '--rollout', 'autosav', '--fixture', VIOLATION], /did you mean autosave\?/],
    [['--phase', 'A-0', '--rollout', 'autosave', '--fixture', VIOLATION], /unknown phase of autosave/],
    [['--phase', 'A', '--fixture', 'no/such/file.jsonl'], /cannot read no\/such\/file\.jsonl/],
    [['--phase', 'A', '--fixture', 'tests/fixtures'], /cannot read tests\/fixtures/],
    [['--phase', 'A', '--now', 'yesterday', '--fixture', VIOLATION], /--now yesterday/],
    [['--phase', 'A', '--now', '2026-13-01T00:00:00Z', '--fixture', VIOLATION], /--now/],
    [['--fixture', VIOLATION], /--phase/],
    [['--phase', 'A', '--nonsense'], /--nonsense/],
  ])(
    'refuses %j with exit code 2, one clear line and nothing on standard output [ANA-5]',
    (args, message) => {
      const { code, stdout, stderr } = run('score', ...args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/^\s+at /m);
    },
  );

  it('asks for a time where a file has nothing to tell one from [ANA-5]', () => {
    const empty = join(folder, 'empty.jsonl');
    writeFileSync(empty, '');
    expect(run('score', '--phase', 'A', '--fixture', empty)).toMatchObject({ code: 2, stdout: '' });
    const { stdout } = run('score', '--phase', 'A', '--fixture', empty, '--now', '2026-11-20T00:00:00Z');
    expect(verdictOf(stdout).verdict).toBe('insufficient_data');
  });
});

describe('monitor:analyze', () => {
  const where = { rolloutId: 'autosave', phase: 'A', at: new Date('2026-11-20T00:30:00Z') };
  const header = {
    schema_version: 1,
    window: { start: '2026-11-20T00:30:00.000Z', end: '2026-11-20T00:45:00.000Z' },
    policy_version: shipped.hash,
  };
  function collectedFile(name: string, ...lines: unknown[]): string {
    const file = join(folder, name);
    writeFileSync(file, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
    return file;
  }

  it('branches from violation to rollback on the fixture in a dry run, and writes nothing [ANA-7]', () => {
    const { code, stdout } = run('analyze', '--phase', 'A', '--dry-run', '--fixture', VIOLATION);
    expect(code).toBe(0);
    expect(verdictOf(stdout)).toEqual(verdictOf(run('score', '--phase', 'A', '--fixture', VIOLATION).stdout));
    expect(existsSync(`${FIXTURES}/autosave_phaseA_violation.summary.md`)).toBe(false);
  });

  it('judges a fixture in a dry run only [ANA-7]', () => {
    expect(run('analyze', '--phase', 'A', '--fixture', VIOLATION)).toMatchObject({ code: 2, stdout: '' });
  });

  it('judges a collected file and writes the report beside it [ANA-8]', () => {
    const file = collectedFile(
      '20261120T0030Z.jsonl',
      header,
      valueRow(where, 'autosave.save.completed', 'duration_ms', Array<number>(100).fill(2600)),
      countRow(where, 'autosave.save.completed', {}, 100),
      countRow(where, 'autosave.save.error', { code: 'x', retryable: true }, 3),
      valueRow(
        { ...where, phase: 'B' },
        'autosave.save.completed',
        'duration_ms',
        Array<number>(100).fill(2600),
      ),
    );
    const { code, stdout } = run('analyze', '--input', file);
    expect(code).toBe(0);
    const answer = JSON.parse(stdout);
    expect(answer.verdicts).toMatchObject([
      { phase: 'A', verdict: 'violation', rollbackTo: null },
      { phase: 'B', verdict: 'violation', rollbackTo: 'A' },
    ]);
    expect(answer.report).toBe(join(folder, '20261120T0030Z.summary.md'));
    const report = readFileSync(answer.report, 'utf8');
    expect(report).toContain('| autosave | A | 違反 / violation | critical |');
    expect(report).toContain('2600 ms | ≤ 2500 ms');
    expect(report).toContain('retryable=true の失敗 3 件');
    expect(report).toContain('npm run flags:rollback -- --rollout autosave --phase A');
    expect(report).not.toMatch(/\{\{|\}\}|undefined|null/);
  });

  it('writes to --output, or nothing at all in a dry run [ANA-8]', () => {
    const file = collectedFile('one.jsonl', header, countRow(where, 'autosave.save.completed', {}, 100));
    const output = join(folder, 'elsewhere.md');
    expect(JSON.parse(run('analyze', '--input', file, '--output', output).stdout).report).toBe(output);
    expect(existsSync(output)).toBe(true);
    expect(JSON.parse(run('analyze', '--input', file, '--dry-run').stdout).report).toBeNull();
    expect(existsSync(join(folder, 'one.summary.md'))).toBe(false);
  });

  it('names the file and line that is not a collected series [ANA-8]', () => {
    const file = collectedFile('bad.jsonl', header, { rolloutId: 'autosave' });
    const { code, stdout, stderr } = run('analyze', '--input', file);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('bad.jsonl:2:');
  });
});
