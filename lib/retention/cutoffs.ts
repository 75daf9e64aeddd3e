import type { Policy } from '#lib/policy/index.ts';

/** What retention deletes, each with the span of the policy that says how long it stays. */
export const KEPT_FOR = {
  windows: 'windowsSeconds',
  verdicts: 'verdictsSeconds',
  slices: 'verdictsSeconds',
  cycles: 'verdictsSeconds',
  payloads: 'payloadsSeconds',
  quarantine: 'quarantineSeconds',
  sessions: 'sessionsSeconds',
  setupTokens: 'sessionsSeconds',
} as const satisfies Record<string, keyof Policy['retention']>;
export type Kept = keyof typeof KEPT_FOR;

/** Everything retention knows, in the order it is deleted. */
export const KEPT = Object.keys(KEPT_FOR) as Kept[];

/** The instant before which each kind of row is too old at `now`; a row of that very instant stays. */
export function retentionCutoffs(retention: Policy['retention'], now: Date): Record<Kept, Date> {
  const before = (kept: Kept) => new Date(now.getTime() - retention[KEPT_FOR[kept]] * 1000);
  return {
    windows: before('windows'),
    verdicts: before('verdicts'),
    slices: before('slices'),
    cycles: before('cycles'),
    payloads: before('payloads'),
    quarantine: before('quarantine'),
    sessions: before('sessions'),
    setupTokens: before('setupTokens'),
  };
}
