import type { Policy } from '#lib/policy/index.ts';
import type { Rollout } from '#lib/rollouts/index.ts';
import { evaluateFlag, servedSettings } from '#lib/rollouts/server.ts';
import type { GetsIt } from './flag-change.schema.ts';

/** Enough that a share of 5 % is seen as about 5 %, and little enough to be worked out with every page. */
const SAMPLED_PEOPLE = 400;
const COHORTS = { qa: 'qa', beta: 'beta', others: undefined } as const;

type Place = Pick<Rollout, 'id' | 'phase' | 'state' | 'resumeState'>;

/**
 * Who gets each flag of a rollout, worked out as clients would get it with all rollouts standing where they stand: of
 * made-up people of each circle the share that gets something else than the default (PHA-1). That is not the planned
 * share where another rollout holds the flag back. `places` has one entry for each rollout that was started. Pure.
 */
export function whoGetsIt(policy: Policy, rolloutId: string, places: readonly Place[]): GetsIt[] {
  const states = places.flatMap((place) =>
    Object.entries(servedSettings(policy, place)).map(([flagKey, setting]) => ({
      rolloutId: place.id,
      phase: place.phase,
      flagKey,
      setting,
    })),
  );
  const defaults = policy.rollouts[rolloutId]?.flagDefaults ?? {};
  return Object.keys(defaults).flatMap((flagKey) =>
    (['qa', 'beta', 'others'] as const).map((circle) => {
      const cohort = COHORTS[circle];
      const got = Array.from({ length: SAMPLED_PEOPLE }, (_, place) => `sample-${place}`).filter(
        (targetingKey) => {
          const context = { targetingKey, ...(cohort === undefined ? {} : { cohort }) };
          const found = evaluateFlag({ policy, states, flagKey, context });
          return found !== null && found.value !== defaults[flagKey];
        },
      );
      return { flagKey, circle, ratio: got.length / SAMPLED_PEOPLE };
    }),
  );
}

/** The same rollouts with one of them in another phase, running. Pure. */
export function inPhase(places: readonly Place[], rolloutId: string, phase: string): Place[] {
  return places.map((place) =>
    place.id === rolloutId ? { id: rolloutId, phase, state: 'running', resumeState: null } : place,
  );
}
