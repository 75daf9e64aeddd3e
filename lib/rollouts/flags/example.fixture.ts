import { readFileSync } from 'node:fs';
import { parsePolicy } from '#lib/policy/index.ts';
import { flagSettingsOf } from '../flag-settings.ts';
import { composeConfiguration, type FlagConfiguration } from './configuration.ts';
import type { FlagState } from './evaluate-flag.ts';

/** The policy of the repository, which controls `autosave.enabled` by two rollouts. */
export const { policy } = parsePolicy({
  policy: { file: 'policy.yaml', text: readFileSync('governance/policy.yaml', 'utf8') },
  events: { file: 'events.yaml', text: readFileSync('governance/events.yaml', 'utf8') },
});

/** The stored flags of rollouts that stand in these phases. */
export function statesIn(phases: Record<string, string>): FlagState[] {
  return Object.entries(phases).flatMap(([rolloutId, phase]) =>
    Object.entries(flagSettingsOf(policy, rolloutId, phase)).map(([flagKey, setting]) => ({
      rolloutId,
      phase,
      flagKey,
      setting,
    })),
  );
}

/** What is served when rollouts stand in these phases. */
export function configurationIn(
  phases: Record<string, string>,
  version = 7,
  raisedBy: readonly string[] = [],
): FlagConfiguration {
  return composeConfiguration({
    policy,
    states: statesIn(phases),
    standings: Object.entries(phases).map(([rolloutId, phase]) => ({
      rolloutId,
      phase,
      raised: raisedBy.includes(rolloutId),
    })),
    version,
    lastModifiedSeconds: 1_795_000_000,
  });
}
