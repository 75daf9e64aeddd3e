import { readFile } from 'node:fs/promises';
import { glob } from 'tinyglobby';
import { citedIds, parseRequirements } from './requirements-table.ts';

// `--check`: fail when a requirement that is said to be done is named by no test.
const check = process.argv.includes('--check');
const requirements = parseRequirements(await readFile('docs/requirements.md', 'utf8'));
const tests = await glob(['**/*.{test,int}.{ts,tsx}', 'e2e/**/*.spec.ts'], {
  ignore: ['**/node_modules/**', '.next/**', '.data/**', 'scripts/checks/**'],
});
const cited = new Set<string>();
for (const file of tests) for (const id of citedIds(await readFile(file, 'utf8'))) cited.add(id);

const known = new Set(requirements.map(({ id }) => id));
const unknown = [...cited].filter((id) => !known.has(id)).sort();
const unnamed = requirements.filter(({ id }) => !cited.has(id));
const broken = unnamed.filter(({ status }) => status === 'done');

if (!check)
  for (const { id, line, status } of unnamed) console.log(`${id.padEnd(8)} ${status.padEnd(8)} ${line}`);
for (const { id, line } of broken) console.error(`${id} is marked done, but no test names it: ${line}`);
for (const id of unknown) console.error(`a test names ${id}, which docs/requirements.md does not list`);
console.log(
  `requirements: ${requirements.length} listed, ${requirements.length - unnamed.length} named by a test`,
);
process.exitCode = check && (broken.length > 0 || unknown.length > 0) ? 1 : 0;
