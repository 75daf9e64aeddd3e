import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright';

const SYSTEM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const DEBIAN_PACKAGES = ['chromium', 'fonts-noto-cjk'];
const INSTALL_LIMIT_MS = 5 * 60_000;

function runs(path: string): boolean {
  return existsSync(path) && spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** A Chromium on this machine: PLAYWRIGHT_CHROMIUM, the system's, or Playwright's own; undefined when there is none. */
export function findChromium(): string | undefined {
  const named = process.env.PLAYWRIGHT_CHROMIUM;
  if (named) {
    if (!runs(named)) throw new Error(`PLAYWRIGHT_CHROMIUM=${named} is not a Chromium that runs here`);
    return named;
  }
  const folders = (process.env.PATH ?? '').split(delimiter);
  const system = SYSTEM_NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...system, chromium.executablePath()].find(runs);
}

/**
 * Finds a Chromium or installs one: Debian's package as root (with Japanese fonts), else Playwright's own.
 * Errors: neither worked; the message says what to do by hand. The journeys are never skipped silently.
 */
export function ensureChromium(say: (line: string) => void): string {
  const found = findChromium();
  if (found) return found;
  const tried: string[] = [];
  const attempts: [string, string, string[]][] = [
    ...(process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0
      ? ([
          ['apt-get update', 'apt-get', ['update', '-q']],
          [
            `apt-get install ${DEBIAN_PACKAGES.join(' ')}`,
            'apt-get',
            ['install', '-q', '-y', '--no-install-recommends', ...DEBIAN_PACKAGES],
          ],
        ] satisfies [string, string, string[]][])
      : []),
    [
      'playwright install chromium',
      process.execPath,
      [join('node_modules', 'playwright', 'cli.js'), 'install', 'chromium'],
    ],
  ];
  for (const [name, command, args] of attempts) {
    say(`No Chromium on this machine: ${name} …`);
    const run = spawnSync(command, args, {
      encoding: 'utf8',
      timeout: INSTALL_LIMIT_MS,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (run.status !== 0)
      tried.push(`${name}: ${(run.stderr || run.stdout || String(run.error)).trim().slice(-400)}`);
    const installed = findChromium();
    if (installed) return installed;
  }
  throw new Error(
    `The end-to-end tests need a Chromium, and none could be installed. Install one (Debian: apt-get install chromium) or name it: PLAYWRIGHT_CHROMIUM=/path/to/chromium npm test\n${tried.join('\n')}`,
  );
}
