import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type InstanceName, instanceDir, readRuntime } from './instance.ts';
import { isAlive, mark, type ProcessMark, waitUntil } from './processes.ts';

const OwnerSchema = z.strictObject({ pid: z.int(), startedAt: z.string() });
const STOPPING_LIMIT_MS = 15_000;

async function readOwner(file: string): Promise<ProcessMark | undefined> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (text === undefined) return undefined;
  try {
    return OwnerSchema.parse(JSON.parse(text));
  } catch {
    return undefined; // cut short by a crash: its writer is gone
  }
}

/**
 * Makes this process the only one that runs the instance. Returns how to give that up.
 * Waits up to 15 s for a former one that is stopping. Errors: another one runs; the message says where.
 */
export async function lockInstance(name: InstanceName): Promise<() => Promise<void>> {
  const me = mark(process.pid);
  if (me === undefined) throw new Error('cannot read when this process started');
  const dir = instanceDir(name);
  const file = join(dir, 'lock.json');
  await mkdir(dir, { recursive: true });
  for (;;) {
    try {
      await writeFile(file, JSON.stringify(me), { flag: 'wx', mode: 0o600 });
      return () => rm(file, { force: true });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    }
    const owner = await readOwner(file);
    if (owner !== undefined && isAlive(owner)) {
      const runtime = readRuntime(name);
      const stopping =
        runtime?.state === 'stopping' && (await waitUntil(() => !isAlive(owner), STOPPING_LIMIT_MS));
      if (!stopping) {
        const where = runtime?.state === 'running' ? ` at ${runtime.url}` : '';
        throw new Error(
          `${name === 'demo' ? 'The demo' : 'Phasegate'} is already running${where} (process ${owner.pid}). Stop it first with Ctrl-C there, or: kill ${owner.pid}`,
        );
      }
    }
    await rm(file, { force: true });
  }
}
