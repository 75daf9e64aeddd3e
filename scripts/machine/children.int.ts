import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PATIENCE_MS } from '#scripts/test/patience.ts';
import { type Child, ChildLogs, keepRunning, runOnce } from './children.ts';
import { isAlive, mark, signal, waitUntil } from './processes.ts';

let dir = '';
const children: Child[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'phasegate-children-'));
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.stop()));
  rmSync(dir, { recursive: true, force: true });
});

function keep(code: string, said: string[] = []): Child {
  const plan = { name: 'child', args: ['-e', code], env: { ...process.env, DIR: dir } };
  const child = keepRunning(plan, new ChildLogs(join(dir, 'logs')), {
    changed: () => undefined,
    say: (line) => said.push(line),
  });
  children.push(child);
  return child;
}

const writePids = `
  const { spawn } = require('node:child_process');
  const grandchild = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)']);
  require('node:fs').writeFileSync(process.env.DIR + '/pid', String(grandchild.pid));
  setInterval(() => {}, 1000);`;

describe('children of the supervisor', () => {
  it('are started again when they end unasked, and it is said', async () => {
    const said: string[] = [];
    const child = keep('setInterval(() => {}, 1000)', said);
    const first = child.current();
    expect(first).toBeDefined();
    if (first) signal(first.pid, 'SIGKILL');
    expect(await waitUntil(() => (child.current()?.pid ?? first?.pid) !== first?.pid, PATIENCE_MS)).toBe(
      true,
    );
    expect(said[0]).toMatch(/child ended \(SIGKILL\); starting it again/);
  });

  it('are stopped with everything they started, also what ignores SIGTERM', async () => {
    const child = keep(writePids);
    const file = join(dir, 'pid');
    expect(await waitUntil(() => existsSync(file) && readFileSync(file, 'utf8') !== '', PATIENCE_MS)).toBe(
      true,
    );
    const grandchild = mark(Number(readFileSync(file, 'utf8')));
    if (grandchild === undefined) throw new Error('the grandchild does not run');
    await child.stop();
    expect(await waitUntil(() => !isAlive(grandchild), PATIENCE_MS)).toBe(true);
    expect(child.current() === undefined || !isAlive(child.current() ?? grandchild)).toBe(true);
  });

  it('say how they ended and what they wrote last, when they run once', async () => {
    const plan = {
      name: 'build',
      args: ['-e', 'console.error("no space left"); process.exit(3)'],
      env: process.env,
    };
    await expect(runOnce(plan, new ChildLogs(join(dir, 'logs')), () => undefined)).rejects.toThrow(
      /build ended with 3:\nno space left/,
    );
  });
});
