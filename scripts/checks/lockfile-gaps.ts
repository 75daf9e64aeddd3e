import { z } from 'zod';

const EntrySchema = z.looseObject({
  version: z.string().optional(),
  dev: z.boolean().optional(),
  optional: z.boolean().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
export const LockfileSchema = z.looseObject({ packages: z.record(z.string(), EntrySchema) });
export type Lockfile = z.infer<typeof LockfileSchema>;

export type Gap = { path: string; entry: Record<string, unknown> };

const SYSTEMS: Record<string, string> = {
  windows: 'win32',
  win32: 'win32',
  darwin: 'darwin',
  linux: 'linux',
  linuxmusl: 'linux',
  android: 'android',
  freebsd: 'freebsd',
  openbsd: 'openbsd',
  netbsd: 'netbsd',
  openharmony: 'openharmony',
  sunos: 'sunos',
  aix: 'aix',
};
const PROCESSORS =
  /^(x64|arm64|arm|ia32|ppc64|s390x|riscv64|loong64|mips64el|wasm32)(?:v\d+l?)?(?:el|eb|le)?$/;

function nearest(lock: Lockfile, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (lock.packages[path]) return path;
    if (folder === '') return undefined;
  }
}

/** The platform a binary package is for, as its name says it, e.g. `@swc/core-linux-x64-musl`. */
export function platformOf(name: string): { os?: string[]; cpu?: string[]; libc?: string[] } {
  const words = name.split(/[/\-_.]/);
  const os = name === 'fsevents' ? 'darwin' : words.map((word) => SYSTEMS[word]).find(Boolean);
  const cpu = words.flatMap((word) => PROCESSORS.exec(word)?.[1] ?? [])[0];
  const libc = words.some((word) => /musl/.test(word)) ? 'musl' : words.includes('gnu') ? 'glibc' : undefined;
  return {
    ...(os && { os: [os] }),
    ...(cpu && { cpu: [cpu] }),
    ...(libc && os === 'linux' && { libc: [libc] }),
  };
}

/**
 * Optional binary packages of other platforms that the lockfile should list but does not. npm leaves them out when the
 * registry it asked has no copy of them, and `npm ci` then refuses the lockfile on every machine.
 */
export function lockfileGaps(lock: Lockfile): Gap[] {
  const gaps = new Map<string, Gap>();
  for (const [from, entry] of Object.entries(lock.packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      if (nearest(lock, from, name)) continue;
      const path = `node_modules/${name}`;
      const version = range.replace(/^[\^~]/, '');
      gaps.set(path, {
        path,
        entry: { version, ...platformOf(name), ...(entry.dev && { dev: true }), optional: true },
      });
    }
  }
  return [...gaps.values()];
}
