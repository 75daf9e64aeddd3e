import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { LockfileSchema, lockfileGaps } from './lockfile-gaps.ts';

const lock = LockfileSchema.parse(JSON.parse(readFileSync('package-lock.json', 'utf8')));

// Older versions have published holes; the advisories are in docs/adr/0001-runtime-and-bootstrap.md.
const FLOORS = {
  next: '16.3.3',
  'next-auth': '4.24.15',
  inngest: '4.2.6',
  yaml: '2.9.0',
  node: '24.18.1',
} as const;

function parts(version: string): number[] {
  return version
    .replace(/[-+].*$/, '')
    .split('.')
    .map(Number);
}

function isAtLeast(version: string, floor: string): boolean {
  const [have, need] = [parts(version), parts(floor)];
  const differing = need.findIndex((part, index) => have[index] !== part);
  return differing === -1 || (have[differing] ?? 0) > (need[differing] ?? 0);
}

it('compares versions by number, not by text', () => {
  expect(isAtLeast('16.10.0', '16.9.9')).toBe(true);
  expect(isAtLeast('16.3.2', '16.3.3')).toBe(false);
  expect(isAtLeast('4.24.15', '4.24.15')).toBe(true);
});

it.each(Object.entries(FLOORS))('locks %s at %s or later', (name, floor) => {
  const installed = Object.entries(lock.packages).filter(([path]) => path.endsWith(`node_modules/${name}`));
  expect(installed.length).toBeGreaterThan(0);
  for (const [path, { version }] of installed) {
    // yaml exists in an old major as a tool of tools; only what we import is held to the floor.
    if (path !== `node_modules/${name}`) continue;
    expect(isAtLeast(version ?? '0', floor), `${path} is ${version}`).toBe(true);
  }
});

it('lists the binary packages of every platform in the lockfile, or npm ci refuses it', () => {
  expect(lockfileGaps(lock).map(({ path }) => path)).toEqual([]);
});

it('finds a binary package that the lockfile lacks, with the platform its name says', () => {
  const packages = {
    'node_modules/tool': { version: '1.0.0', optionalDependencies: { '@tool/linux-x64-musl': '1.0.0' } },
  };
  expect(lockfileGaps({ packages })).toEqual([
    {
      path: 'node_modules/@tool/linux-x64-musl',
      entry: { version: '1.0.0', os: ['linux'], cpu: ['x64'], libc: ['musl'], optional: true },
    },
  ]);
});

it('keeps the three Prisma packages at one version', () => {
  const versions = ['prisma', '@prisma/client', '@prisma/adapter-pg'].map(
    (name) => lock.packages[`node_modules/${name}`]?.version,
  );
  expect(new Set(versions).size).toBe(1);
});
