import type { EventCatalogue, Policy } from '#lib/policy/index.ts';
import { compileEventRules, type EventRules } from '#lib/telemetry/index.ts';

/** What counting depends on. `now` is when the batch was received: too old and in the future are measured from it. */
export type CountContext = { policy: Policy; catalogue: EventCatalogue; now: Date };

const compiled = new WeakMap<Policy, WeakMap<EventCatalogue, EventRules>>();

/** The compiled rules of a policy and catalogue; compiled once per pair. */
export function rulesOf({ policy, catalogue }: CountContext): EventRules {
  const byCatalogue = compiled.get(policy) ?? new WeakMap<EventCatalogue, EventRules>();
  compiled.set(policy, byCatalogue);
  const rules = byCatalogue.get(catalogue) ?? compileEventRules(policy, catalogue);
  byCatalogue.set(catalogue, rules);
  return rules;
}
