import { expect, it } from 'vitest';
import { ALL_PLACES as ALL, isCurrentPlace, OPERATION_PLACES, placesFor } from './places.ts';

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
