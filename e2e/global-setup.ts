import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../scripts/machine/ports.ts';

const START_LIMIT_MS = 600_000;

/**
 * The journeys move one rollout to and fro within minutes, which is just what the kill switch takes for flapping. Their demo
 * has that one rule off; lib/rollouts/stops tests the rule itself.
 */
function governanceOfJourneys(dataDir: string): string {
  const folder = join(dataDir, 'governance');
  cpSync('governance', folder, { recursive: true });
  const file = join(folder, 'killswitch-rules.yaml');
  const rules = readFileSync(file, 'utf8');
  const off = rules.replace('- id: flapping\n', '- id: flapping\n    enabled: false\n');
  if (off === rules) throw new Error('governance/killswitch-rules.yaml has no rule called flapping');
  writeFileSync(file, off);
  return folder;
}

/**
 * Starts a whole demo of its own, as a newcomer would, on a free port with data in a throw-away folder.
 * The journeys find it in PHASEGATE_E2E_URL; PHASEGATE_DATA_DIR lets commands they run find it too.
 */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'phasegate-e2e-'));
  chmodSync(dataDir, 0o755);
  mkdirSync('.data/test', { recursive: true });
  const logFile = '.data/test/e2e-demo.log';
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const governanceDir = governanceOfJourneys(dataDir);
  const env = {
    ...process.env,
    PORT: String(port),
    PHASEGATE_DATA_DIR: dataDir,
    GOVERNANCE_DIR: governanceDir,
  };
  for (const name of ['DATABASE_URL', 'PHASEGATE_URL', 'NEXTAUTH_URL', 'TELEMETRY_ROOTS', 'PHASEGATE_MODE']) {
    Reflect.deleteProperty(env, name);
  }
  const demo = spawn(process.execPath, ['scripts/machine/demo.ts'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(logFile);
  demo.stdout.pipe(log);
  demo.stderr.pipe(log);
  let output = '';
  demo.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const ended = new Promise<void>((resolve) => {
    demo.once('exit', () => resolve());
  });
  const stop = async (): Promise<void> => {
    demo.kill('SIGTERM');
    await ended;
    rmSync(dataDir, { recursive: true, force: true });
  };

  const deadline = performance.now() + START_LIMIT_MS;
  while (!output.includes('Ctrl-C stops everything')) {
    if (demo.exitCode !== null || performance.now() > deadline) {
      await stop();
      throw new Error(`the demo did not start:\n${readFileSync(logFile, 'utf8').slice(-4_000)}`);
    }
    await sleep(200);
  }
  process.env.PHASEGATE_E2E_URL = url;
  process.env.PHASEGATE_DATA_DIR = dataDir;
  process.env.GOVERNANCE_DIR = governanceDir;
  return stop;
}
