import { DEFAULT_SETTINGS } from '../runner.run.ts';
import { EVENT_KEY, SIGNING_KEY } from './keys.ts';

export const FAST = {
  ...DEFAULT_SETTINGS,
  // So long that a runner which lives keeps its calls on the busiest machine: only a test of leases lets them run out.
  leaseMs: 120_000,
  pollMs: 100,
  backoff: { baseMs: 50, maxMs: 200 },
  unreachableMs: 100,
  signingKey: SIGNING_KEY,
  eventKey: EVENT_KEY,
} as const;
