import { expect, it } from 'vitest';
import { KEPT, retentionCutoffs } from './cutoffs.ts';

it('counts each span of the policy back from now; cycles stay as long as verdicts', () => {
  const retention = {
    windowsSeconds: 5,
    verdictsSeconds: 4,
    payloadsSeconds: 3,
    quarantineSeconds: 2,
    sessionsSeconds: 1,
  };
  const cutoffs = retentionCutoffs(retention, new Date('2026-11-21T00:00:10.000Z'));
  expect(KEPT.map((kept) => [kept, cutoffs[kept].getUTCSeconds()])).toEqual([
    ['windows', 5],
    ['verdicts', 6],
    ['slices', 6],
    ['cycles', 6],
    ['payloads', 7],
    ['quarantine', 8],
    ['sessions', 9],
    ['setupTokens', 9],
  ]);
});
