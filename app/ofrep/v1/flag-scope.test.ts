import { readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';
import { expect, it } from 'vitest';

it('a key for reading flags opens the flag routes and nothing else', () => {
  const opened = globSync('app/**/route.ts').filter((file) =>
    readFileSync(file, 'utf8').includes('read:flags'),
  );
  expect(opened.sort()).toEqual([
    'app/api/v1/flags/flagd/route.ts',
    'app/ofrep/v1/evaluate/flags/[key]/route.ts',
    'app/ofrep/v1/evaluate/flags/route.ts',
    'app/ofrep/v1/stream/route.ts',
  ]);
});
