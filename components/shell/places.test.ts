import { globSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isCurrentPlace, OPERATION_PLACES, PRIMARY_PLACES, placesFor, RECORD_PLACES } from './places.ts';

const ALL = [...PRIMARY_PLACES, ...RECORD_PLACES, ...OPERATION_PLACES];

it('leads to every page that stands for itself [DASH-6]', () => {
  const pages = globSync('app/*/page.tsx').map((file) => `/${file.split('/')[1]}`);
  const reachedOtherwise = ['/account', '/signin', '/setup'];
  const led = ALL.map(({ href }) => href);
  expect(pages.filter((page) => !led.includes(page) && !reachedOtherwise.includes(page))).toEqual([]);
});

it('gives every place a key of its own [DASH-6]', () => {
  expect(new Set(ALL.map(({ key }) => key)).size).toBe(ALL.length);
});

it.each([
  ['/', 'overview'],
  ['/rollouts/autosave', 'overview'],
  ['/incidents', 'incidents'],
  ['/incidents/018f', 'incidents'],
  ['/slo', 'slo'],
])('marks exactly one place as current on %s [DASH-6]', (pathname, id) => {
  expect(ALL.filter((place) => isCurrentPlace(place, pathname)).map((place) => place.id)).toEqual([id]);
});

it('marks nothing on a page that is no place', () => {
  expect(ALL.filter((place) => isCurrentPlace(place, '/slow'))).toEqual([]);
});

it('leads only administrators to people and keys', () => {
  expect(placesFor(OPERATION_PLACES, false).some(({ id }) => id === 'admin')).toBe(false);
  expect(placesFor(OPERATION_PLACES, true).some(({ id }) => id === 'admin')).toBe(true);
});
