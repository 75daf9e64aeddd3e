import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';

const english = readFileSync('README.md', 'utf8');
const japanese = readFileSync('README.ja.md', 'utf8');

/** Commands of the shell blocks without their comments, and everything in backticks. */
function named(text: string): string[] {
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].flatMap((match) => (match[1] ?? '').split('\n'));
  const commands = blocks.map((line) => line.replace(/\s+# .*$/, '').trim()).filter(Boolean);
  const spans = [...text.replaceAll(/^```.*?^```/gms, '').matchAll(/`([^`]+)`/g)].map(
    (match) => match[1] ?? '',
  );
  return [...commands, ...spans].sort();
}

const links = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1] ?? '').sort();

it('names the same commands, files and settings in both languages', () => {
  expect(named(japanese)).toEqual(named(english));
});

it('leads to the same places in both languages, and from one to the other', () => {
  const elsewhere = (target: string) => !/^README|screenshots\//.test(target);
  expect(links(japanese).filter(elsewhere)).toEqual(links(english).filter(elsewhere));
  expect(links(english)).toContain('README.ja.md');
  expect(links(japanese)).toContain('README.md');
});

it('names only scripts that exist, and links only to files that do', () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync('package.json', 'utf8')));
  const asked = [...english.matchAll(/npm run (?:-s )?([\w:]+)/g)].map((match) => match[1] ?? '');
  expect(asked.filter((script) => scripts[script] === undefined)).toEqual([]);
  const files = [...links(english), ...links(japanese)].filter((target) => !target.startsWith('http'));
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});
