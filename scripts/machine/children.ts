import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, mark, type ProcessMark, signal, waitUntil } from './processes.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const STEADY_AFTER_MS = 60_000;
const GRACE_MS = 2_500;

export type ChildPlan = {
  readonly name: string;
  /** Arguments for the Node that runs us. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
};

export type Child = {
  readonly name: string;
  readonly current: () => ProcessMark | undefined;
  /** Ends the child and everything it started, gently for 2.5 s and then not. */
  readonly stop: () => Promise<void>;
  readonly kill: () => void;
};

/** Writes the output of children to files; the one of the start before is kept beside it. */
export class ChildLogs {
  readonly dir: string;
  constructor(dir: string) {
    this.dir = dir;
    mkdirSync(dir, { recursive: true });
    for (const name of readdirSync(dir)) {
      if (name.endsWith('.log')) renameSync(join(dir, name), join(dir, `${name}.1`));
    }
  }
  file(name: string): string {
    return join(this.dir, `${name}.log`);
  }
  tail(name: string, lines: number): string {
    if (!existsSync(this.file(name))) return '';
    return readFileSync(this.file(name), 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }
}

function launch(plan: ChildPlan, logs: ChildLogs): ReturnType<typeof spawn> {
  const output = openSync(logs.file(plan.name), 'a', 0o600);
  try {
    // Its own process group: Ctrl-C reaches only the supervisor, which stops its children in order.
    return spawn(process.execPath, plan.args, {
      env: plan.env,
      detached: true,
      stdio: ['ignore', output, output],
    });
  } finally {
    closeSync(output);
  }
}

/** Runs a child to its end. Errors: how it ended and the end of its output. */
export function runOnce(plan: ChildPlan, logs: ChildLogs, onStart: (child: Child) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = launch(plan, logs);
    const started = child.pid === undefined ? undefined : mark(child.pid);
    if (started)
      onStart(
        handle(
          plan.name,
          () => started,
          () => undefined,
        ),
      );
    child.on('error', (cause) =>
      reject(new Error(`${plan.name} did not start: ${cause.message}`, { cause })),
    );
    child.on('exit', (code, name) => {
      if (code === 0) resolve();
      else reject(new Error(`${plan.name} ended with ${code ?? name}:\n${logs.tail(plan.name, 25)}`));
    });
  });
}

/** Keeps a child running: when it ends unasked, says so and starts it again after a growing pause. */
export function keepRunning(
  plan: ChildPlan,
  logs: ChildLogs,
  events: { readonly changed: () => void; readonly say: (line: string) => void },
): Child {
  let current: ProcessMark | undefined;
  let stopping = false;
  let pauseMs = FIRST_PAUSE_MS;
  let pending: NodeJS.Timeout | undefined;

  const start = (): void => {
    const since = performance.now();
    const child = launch(plan, logs);
    current = child.pid === undefined ? undefined : mark(child.pid);
    events.changed();
    let over = false;
    const ended = (how: string): void => {
      if (over) return;
      over = true;
      const group = current;
      current = undefined;
      if (stopping) return;
      if (group) signal(-group.pid, 'SIGKILL'); // what it left behind would hold its port
      if (performance.now() - since > STEADY_AFTER_MS) pauseMs = FIRST_PAUSE_MS;
      events.say(
        `${plan.name} ended (${how}); starting it again in ${pauseMs / 1000} s. Its log: ${logs.file(plan.name)}`,
      );
      pending = setTimeout(start, pauseMs);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      events.changed();
    };
    child.on('error', (cause) => ended(cause.message));
    child.on('exit', (code, name) => ended(String(code ?? name)));
  };
  start();
  return handle(
    plan.name,
    () => current,
    () => {
      stopping = true;
      clearTimeout(pending);
    },
  );
}

function handle(name: string, current: () => ProcessMark | undefined, quiet: () => void): Child {
  return {
    name,
    current,
    stop: async () => {
      quiet();
      const running = current();
      if (running) await stopGroup(running);
    },
    kill: () => {
      quiet();
      const running = current();
      if (running) signal(-running.pid, 'SIGKILL');
    },
  };
}

/** Ends a process and its group: SIGTERM first, SIGKILL for whatever is left. */
export async function stopGroup(leader: ProcessMark): Promise<void> {
  if (!isAlive(leader)) return; // its number may belong to somebody else by now
  signal(-leader.pid, 'SIGTERM');
  await waitUntil(() => !isAlive(leader), GRACE_MS);
  signal(-leader.pid, 'SIGKILL');
}
