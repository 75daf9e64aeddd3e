import type { CollectorHealth } from '#lib/collector/index.ts';

/** What the audit trail says of Phasegate's own sight. */
export const SIGHT_ACTIONS = { blind: 'collector.blind', watching: 'collector.sees_again' } as const;
export type SightAction = (typeof SIGHT_ACTIONS)[keyof typeof SIGHT_ACTIONS];

/**
 * The change to record: blindness once when it begins, sight once when it returns. null: nothing new to say.
 * `recorded`: the last of these actions on record, null when there is none.
 */
export function sightChange(recorded: SightAction | null, health: CollectorHealth): SightAction | null {
  if (health.state === 'waiting') return null;
  const now = SIGHT_ACTIONS[health.state];
  if (now === recorded) return null;
  return now === SIGHT_ACTIONS.watching && recorded === null ? null : now;
}
