import { readFile, writeFile } from 'node:fs/promises';
import { LockfileSchema, lockfileGaps } from './lockfile-gaps.ts';

// Run after a change of dependencies: `npm run lockfile`. A test fails while there are gaps.
const text = await readFile('package-lock.json', 'utf8');
const gaps = lockfileGaps(LockfileSchema.parse(JSON.parse(text)));
// Written from the text as npm left it: parsing with a schema would reorder every entry.
const lock: { packages: Record<string, unknown> } = JSON.parse(text);
const packages = { ...lock.packages, ...Object.fromEntries(gaps.map(({ path, entry }) => [path, entry])) };
const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
await writeFile(
  'package-lock.json',
  `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`,
);
console.log(`package-lock.json: ${gaps.length} packages of other platforms added`);
