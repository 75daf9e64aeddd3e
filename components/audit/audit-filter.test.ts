import { expect, it } from 'vitest';
import { apiFilterOf, chosenOf } from './audit-filter.ts';

it('takes days as those of the reader, the last one whole [DASH-6]', () => {
  const chosen = { from: '2026-11-20', to: '2026-11-21', actor: 'Ken' };
  expect(apiFilterOf(chosen, 'Asia/Tokyo')).toEqual({
    actor: 'Ken',
    from: '2026-11-19T15:00:00.000Z',
    to: '2026-11-21T15:00:00.000Z',
  });
  expect(apiFilterOf(chosen, 'UTC')).toMatchObject({
    from: '2026-11-20T00:00:00.000Z',
    to: '2026-11-22T00:00:00.000Z',
  });
});

it('leaves out of an address what is empty or makes no sense', () => {
  const address = new URLSearchParams('subject=rollout:&actor=%20&from=yesterday&to=2026-13-01&other=1');
  expect(chosenOf((name) => address.get(name))).toEqual({ subject: 'rollout:' });
});
