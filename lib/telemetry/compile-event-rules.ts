import {
  type EventCatalogue,
  type EventDefinition,
  type EventField,
  type Policy,
  rolloutsWithPhase,
} from '#lib/policy/index.ts';
import { type EventRule, type EventRules, type FieldRule, MAX_NUMBER } from './event-rules.ts';
import { policyLines } from './policy-lines.ts';

/** Compiles the catalogue and the policy's telemetry section. Both must have passed their schema and cross-check. */
export function compileEventRules(policy: Policy, catalogue: EventCatalogue): EventRules {
  const lines = policyLines(policy);
  const phases = new Set(Object.values(policy.rollouts).flatMap((r) => r.phases.map((phase) => phase.id)));
  return {
    events: new Map(
      Object.entries(catalogue.events).map(([name, definition]) => [
        name,
        compileEvent(name, definition, policy, lines.get(name)),
      ]),
    ),
    components: new Set(catalogue.components),
    features: new Set(catalogue.features),
    rolloutsByPhase: new Map([...phases].map((phase) => [phase, rolloutsWithPhase(policy, phase)])),
    windowSeconds: policy.cycle.windowSeconds,
    maxAgeSeconds: policy.telemetry.maxAgeSeconds,
    futureToleranceSeconds: policy.telemetry.futureToleranceSeconds,
    maxLineBytes: policy.telemetry.maxLineBytes,
    maxValuesPerDimension: policy.telemetry.maxValuesPerDimension,
    keptValues: keptValues(policy, catalogue),
  };
}

function compileEvent(
  name: string,
  definition: EventDefinition,
  policy: Policy,
  lines: ReadonlyMap<string, number[]> | undefined,
): EventRule {
  const derived = Object.entries(definition.derived);
  return {
    name,
    featureRequired: definition.featureRequired,
    fields: Object.entries(definition.fields).map(([field, rule]) =>
      compileField(field, rule, lines?.get(field) ?? []),
    ),
    comparisons: derived.flatMap(([derivedName, rule]) =>
      'greaterThan' in rule
        ? [{ name: derivedName, field: rule.greaterThan[0], above: rule.greaterThan[1] }]
        : [],
    ),
    products: derived.flatMap(([derivedName, rule]) =>
      'product' in rule ? [{ name: derivedName, factors: rule.product }] : [],
    ),
    exclusions: policy.telemetry.exclusions
      .filter((exclusion) => exclusion.event === undefined || exclusion.event === name)
      .map((exclusion) => ({
        tag: exclusion.tag,
        phases: exclusion.phases ? new Set(exclusion.phases) : null,
        where: Object.entries(exclusion.where).map(([field, value]) => ({ field, value })),
      })),
  };
}

function compileField(name: string, field: EventField, lines: readonly number[]): FieldRule {
  switch (field.type) {
    case 'boolean':
      return { kind: 'boolean', name, required: field.required, dimension: field.dimension };
    case 'string':
      return {
        kind: 'string',
        name,
        required: field.required,
        dimension: field.dimension,
        values: field.values ? new Set(field.values) : null,
        maxLength: field.maxLength,
      };
    default: {
      // A histogram has no negative buckets, so such a field is never below 0 even where the catalogue sets no minimum.
      const floor = field.measure === 'histogram' ? 0 : -MAX_NUMBER;
      return {
        kind: 'number',
        name,
        required: field.required,
        integer: field.type === 'integer',
        min: Math.max(field.min ?? floor, floor),
        max: Math.min(field.max ?? MAX_NUMBER, MAX_NUMBER),
        measure: field.measure,
        lines,
      };
    }
  }
}

function keptValues(policy: Policy, catalogue: EventCatalogue): Map<string, Map<string, Set<string>>> {
  const kept = new Map<string, Map<string, Set<string>>>();
  const keep = (event: string, field: string, values: readonly unknown[]) => {
    const fields = kept.get(event) ?? new Map<string, Set<string>>();
    const known = fields.get(field) ?? new Set<string>();
    for (const value of values) if (typeof value === 'string') known.add(value);
    fields.set(field, known);
    kept.set(event, fields);
  };
  for (const metric of Object.values(policy.metrics)) {
    const selectors =
      metric.aggregation === 'rate'
        ? [...metric.numerator, ...metric.denominator]
        : metric.aggregation === 'count'
          ? metric.of
          : metric.aggregation === 'p95' || metric.aggregation === 'max'
            ? [metric.of]
            : [];
    for (const { event, where } of selectors)
      for (const [field, value] of Object.entries(where)) keep(event, field, [value].flat());
  }
  for (const [event, { fields }] of Object.entries(catalogue.events))
    for (const [name, field] of Object.entries(fields))
      if (field.type === 'string' && field.values) keep(event, name, field.values);
  return kept;
}
