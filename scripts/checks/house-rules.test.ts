import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';

const TEST = /\.(test|int|fixture)\.tsx?$/;
const EFFECT = /(^|[./])(store|run|client)\.ts$/;

function sources(patterns: string[]): string[] {
  return globSync(patterns, {
    ignore: ['**/node_modules/**', 'lib/database/generated/**', '.next/**', '.data/**', 'scripts/checks/**'],
  }).filter((file) => !TEST.test(file));
}

/** Source without comments, which may speak about what the code must not do. */
function codeOf(file: string): string {
  return readFileSync(file, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '');
}

function offenders(files: string[], pattern: RegExp): string[] {
  return files.filter((file) => pattern.test(codeOf(file)));
}

describe('the rules of the house', () => {
  it('keeps the time of day and chance out of deciding code', () => {
    const pure = sources(['lib/**/*.ts']).filter((file) => !EFFECT.test(file));
    expect(pure.length).toBeGreaterThan(40);
    expect(offenders(pure, /\bnew Date\(\s*\)|\bDate\.now\(|\bMath\.random\(|\bTemporal\.Now\b/)).toEqual([]);
  });

  it('reads the environment in lib/config only, but for one library that wants it there', () => {
    const files = sources(['{app,components,lib,inngest}/**/*.{ts,tsx}']).filter(
      (file) => !file.startsWith('lib/config/'),
    );
    expect(files.length).toBeGreaterThan(80);
    expect(offenders(files, /\bprocess\.env\b/)).toEqual(['lib/identity/auth-handler.run.ts']);
  });

  it('has no escape from the type checker', () => {
    const files = sources(['{app,components,lib,inngest,scripts}/**/*.{ts,tsx}']);
    expect(offenders(files, /@ts-(ignore|nocheck|expect-error)|\bas any\b|:\s*any\b/)).toEqual([]);
  });

  it('has no folder or file for things without a place', () => {
    const files = sources(['{app,components,lib,inngest,scripts}/**/*.{ts,tsx}']);
    expect(files.filter((file) => /(^|\/)(utils?|helpers?|misc|common)(\/|\.tsx?$)/.test(file))).toEqual([]);
  });

  it('gives every advisory lock a number of its own: two that share one would wait for each other', () => {
    const locks = sources(['{app,lib,inngest}/**/*.ts']).flatMap((file) =>
      [...codeOf(file).matchAll(/_LOCK = ([\d_]+);/g)].map(([, number = '']) => number),
    );
    expect(locks.length).toBeGreaterThan(7);
    expect(locks.filter((number, i) => locks.indexOf(number) !== i)).toEqual([]);
  });

  it('lets no test give up on a busy machine before the runner does', () => {
    const tests = globSync([
      '{app,components,lib,inngest,scripts,tests}/**/*.{test,int,fixture}.{ts,tsx}',
    ]).filter((file) => file !== 'scripts/checks/house-rules.test.ts');
    expect(tests.length).toBeGreaterThan(150);
    // Vitest waits for one second where nothing is said, and a test may ask for less than vitest.config.ts gives it.
    expect(offenders(tests, /\bvi\.wait(For|Until)\(/)).toEqual([]);
    const hasty = tests.flatMap((file) =>
      [...codeOf(file).matchAll(/^\s*\}, ([\d_]+)\);|\b(?:testTimeout|timeout): ([\d_]+)_000\b/gm)]
        .filter(([, limit, seconds]) => Number((limit ?? `${seconds}000`).replaceAll('_', '')) < 600_000)
        .map(([found]) => `${file}: ${found.trim()}`),
    );
    expect(hasty).toEqual([]);
  });

  it('cites only paths that exist in its documents', () => {
    const documents = [
      'README.md',
      'CONTRIBUTING.md',
      ...globSync('docs/**/*.md', { ignore: ['docs/rehearsal/**'] }),
    ];
    const roots = 'app|components|lib|inngest|scripts|prisma|governance|templates|docs|e2e|messages|public';
    const cited = new RegExp(`(?:\\]\\(|\`)((?:\\./)?(?:${roots})/[\\w./[\\]()-]*[\\w/])(?:\\)|\`)`, 'g');
    const broken = documents.flatMap((document) =>
      [...readFileSync(document, 'utf8').matchAll(cited)]
        .map(([, path = '']) => path)
        // Written at run time or by later work: a pattern, not a file of the repository.
        .filter((path) => !path.startsWith('docs/reports/') && !path.startsWith('docs/rehearsal/'))
        .filter((path) => !existsSync(path) && !existsSync(join(dirname(document), path)))
        .map((path) => `${document}: ${path}`),
    );
    expect(broken).toEqual([]);
  });
});
