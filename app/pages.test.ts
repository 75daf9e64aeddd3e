import { globSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ALL_PLACES } from '#components/shell/places.ts';

it('leads to every page that stands for itself [DASH-6]', () => {
  const pages = globSync('app/*/page.tsx').map((file) => `/${file.split('/')[1]}`);
  const reachedOtherwise = ['/account', '/signin', '/setup'];
  const led = ALL_PLACES.map(({ href }) => href);
  expect(pages.filter((page) => !led.includes(page) && !reachedOtherwise.includes(page))).toEqual([]);
});
