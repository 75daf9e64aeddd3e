import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runStage, type Stage } from './test-stages.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasegate-stage-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const report = (failed: number) => ({
  numPassedTests: 10 - failed,
  numFailedTests: failed,
  numPendingTests: 0,
  testResults: Array.from({ length: failed }, (_, n) => ({
    name: `lib/${n}.int.ts`,
    status: 'failed',
    assertionResults: [{ fullName: `fails ${n}`, status: 'failed', failureMessages: ['why'] }],
  })),
});

/** A stage whose test runner fails as often as it is told to, one run after the other. */
async function stage(failedByRun: readonly number[]): Promise<Stage> {
  const file = join(folder, 'report.json');
  const runner = join(folder, 'runner.mjs');
  const program = `
    import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
    appendFileSync(${JSON.stringify(join(folder, 'runs'))}, process.argv.slice(2).join(' ') + '\\n');
    const run = readFileSync(${JSON.stringify(join(folder, 'runs'))}, 'utf8').split('\\n').length - 2;
    const report = ${JSON.stringify(failedByRun.map(report))}[run];
    writeFileSync(${JSON.stringify(file)}, JSON.stringify(report));
    process.exitCode = report.numFailedTests > 0 ? 1 : 0;`;
  await writeFile(runner, program);
  return { name: 'a', commands: [[runner, '--all']], report: { file, kind: 'vitest' }, secondLook: true };
}

const runs = async () => (await readFile(join(folder, 'runs'), 'utf8')).trimEnd().split('\n');
const going = new AbortController().signal;

describe('a stage of npm test', () => {
  it('runs once when it passes', async () => {
    const result = await runStage(await stage([0]), going);
    expect(result).toMatchObject({ ok: true, count: { passed: 10, failed: 0 }, unsteady: [] });
    expect(await runs()).toEqual(['--all']);
  });

  it('runs what failed once more by itself, and tells of it when it passes then', async () => {
    const result = await runStage(await stage([1, 0]), going);
    expect(result).toMatchObject({
      ok: true,
      count: { passed: 10, failed: 0 },
      unsteady: [{ file: 'lib/0.int.ts', title: 'fails 0', message: 'why' }],
    });
    expect(await runs()).toEqual(['--all', '--all lib/0.int.ts']);
  });

  it('fails when it fails again, with what the first run counted', async () => {
    const result = await runStage(await stage([2, 1]), going);
    expect(result).toMatchObject({ ok: false, count: { passed: 8, failed: 2 }, unsteady: [] });
    expect(await runs()).toHaveLength(2);
  });

  it('fails at once where many fail', async () => {
    expect(await runStage(await stage([4, 0]), going)).toMatchObject({ ok: false, count: { failed: 4 } });
    expect(await runs()).toHaveLength(1);
  });

  it('fails at once where nothing may be looked at again', async () => {
    const strict = { ...(await stage([1, 0])), secondLook: false };
    expect(await runStage(strict, going)).toMatchObject({ ok: false, count: { failed: 1 } });
    expect(await runs()).toHaveLength(1);
  });

  it('fails without a report: nothing would be counted', async () => {
    const silent: Stage = { ...(await stage([0])), commands: [['--eval', '0']] };
    expect(await runStage(silent, going)).toMatchObject({ ok: false, count: { passed: 0 } });
  });
});
