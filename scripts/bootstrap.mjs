// The first thing a newcomer runs: plain JavaScript without dependencies, on whatever Node the machine has.
// Installs what package-lock.json says when something differs, generates the Prisma client when the schema changed,
// and hands over to the Node that package.json pins. docs/adr/0001-runtime-and-bootstrap.md says why.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const commands = {
  demo: 'scripts/machine/demo.ts',
  start: 'scripts/machine/start.ts',
  dev: 'scripts/machine/demo.ts --development',
  test: 'scripts/machine/test.ts',
  bench: 'scripts/bench/main.ts',
};
const minimumNode = [20, 19];
const minimumNpm = 11;

function fail(message) {
  process.stderr.write(`\n${message}\n`);
  process.exit(1);
}

function say(message) {
  process.stdout.write(`${message}\n`);
}

function checkHost() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < minimumNode[0] || (major === minimumNode[0] && minor < minimumNode[1])) {
    fail(
      `Phasegate needs Node ${minimumNode.join('.')} or newer to start; this is ${process.versions.node}.`,
    );
  }
  const agent = /\bnpm\/(\d+)/.exec(process.env.npm_config_user_agent ?? '');
  const version = agent?.[1] ?? spawnSync('npm', ['--version'], { encoding: 'utf8' }).stdout?.split('.')[0];
  if (!version) fail('Phasegate needs npm 11 or newer; no npm was found on the PATH.');
  if (Number(version) < minimumNpm) {
    fail(
      `Phasegate needs npm ${minimumNpm} or newer; this is npm ${version}. Update it: npm install --global npm@${minimumNpm}`,
    );
  }
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch {
    return undefined; // not installed, or an install was cut short before npm wrote its record
  }
}

/** Why node_modules does not match package-lock.json, or undefined. npm keeps its own record of what it installed. */
function installReason() {
  const wanted = packagesOf('package-lock.json');
  if (!wanted) fail('package-lock.json is missing or not readable; is this a complete checkout?');
  const installed = packagesOf('node_modules/.package-lock.json');
  if (!installed) return 'first start';
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.link) continue;
    const found = installed[path];
    if (!found && entry.optional) continue;
    if (found?.version !== entry.version)
      return `${path.replace(/^.*node_modules\//, '')} is not at ${entry.version}`;
  }
  for (const [path, entry] of Object.entries(installed)) {
    if (!wanted[path]) return `${path} is not wanted any more`;
    if (entry.optional && entry.os && !entry.os.includes(process.platform))
      return 'installed on another system';
    if (entry.optional && entry.cpu && !entry.cpu.includes(process.arch))
      return 'installed on another processor';
  }
  return existsSync(pinnedNode()) ? undefined : 'the pinned Node is missing';
}

function pinnedNode() {
  return join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

function install() {
  const reason = installReason();
  if (!reason) return;
  say(`Installing packages (${reason}) …`);
  const run = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...prismaWithoutDownload() },
    shell: process.platform === 'win32',
  });
  if (run.status !== 0)
    fail('npm ci failed; its message is above. Phasegate needs the npm registry for its first start.');
  if (!existsSync(pinnedNode())) {
    fail(
      'The pinned Node was not installed: its package fetches it in an install script. ' +
        'Allow install scripts (npm config get ignore-scripts must say false), remove node_modules, and start again.',
    );
  }
}

/** Prisma looks for an engine to download unless this names any existing file; installing and generating never run it. */
function prismaWithoutDownload() {
  return {
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  };
}

function generate() {
  const stamp = join(root, 'lib/database/generated/.made-from');
  const made = createHash('sha256')
    .update(readFileSync(join(root, 'prisma/schema.prisma')))
    .update(readFileSync(join(root, 'node_modules/prisma/package.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === made) return;
  rmSync(stamp, { force: true });
  const run = spawnSync(pinnedNode(), ['node_modules/prisma/build/index.js', 'generate'], {
    cwd: root,
    encoding: 'utf8',
    // Only here: with this variable in the environment, `prisma migrate` would do nothing and report success.
    env: { ...process.env, ...prismaWithoutDownload() },
  });
  if (run.status !== 0) fail(`prisma generate failed:\n${run.stdout}${run.stderr}`);
  writeFileSync(stamp, made);
}

function handOver(script, args) {
  const child = spawn(pinnedNode(), [...script, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter) },
  });
  // The command stops its own children in order; here we only pass the request on and wait.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    if (name === 'SIGHUP' && hangupIgnored()) continue;
    process.on(name, () => child.kill(name));
  }
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 1000).unref();
  child.on('error', (cause) => fail(`cannot start ${pinnedNode()}: ${cause.message}`));
  child.on('exit', (code, name) => process.exit(code ?? (name ? 1 : 0)));
}

/** Under nohup the system ignores SIGHUP for us, and so shall we. */
function hangupIgnored() {
  try {
    const ignored = /^SigIgn:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return ignored !== null && (BigInt(`0x${ignored[1]}`) & 1n) === 1n;
  } catch {
    return false; // systems without /proc
  }
}

const [command, ...args] = process.argv.slice(2);
const script = commands[command];
if (!script) fail(`usage: node scripts/bootstrap.mjs ${Object.keys(commands).join('|')}`);
process.chdir(root);
checkHost();
install();
generate();
handOver(script.split(' '), args);
