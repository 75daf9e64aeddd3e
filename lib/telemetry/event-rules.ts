import type { EventCatalogue, EventDefinition, EventField, Policy } from '#lib/policy/index.ts';
import { rolloutsWithPhase } from '#lib/policy/index.ts';
import { policyLines } from './policy-lines.ts';

/** What every event may carry beside its own fields. */
export const COMMON_FIELDS = {
  ts: 'string',
  component: 'string',
  event: 'string',
  feature: 'string',
  phase: 'string',
  rollout: 'string',
  tenant: 'string',
  environment: 'string',
  observed_only: 'boolean',
  dry_run: 'boolean',
} as const;
export type CommonField = keyof typeof COMMON_FIELDS;

/** The longest tag, rollout or other common text that is accepted, in UTF-16 code units. */
export const MAX_COMMON_LENGTH = 256;
/** Objects and arrays inside each other, the event itself counted. */
export const MAX_NESTING = 32;

export type NumberRule = {
  kind: 'number';
  name: string;
  required: boolean;
  integer: boolean;
  min: number;
  max: number;
  measure: 'histogram' | 'sum' | 'none';
  lines: readonly number[];
};
export type BooleanRule = { kind: 'boolean'; name: string; required: boolean; dimension: boolean };
export type StringRule = {
  kind: 'string';
  name: string;
  required: boolean;
  dimension: boolean;
  values: ReadonlySet<string> | null;
  maxLength: number;
};
export type FieldRule = NumberRule | BooleanRule | StringRule;

/** An exclusion that can apply to an event: the tag it gives and what the line must say for it (TEL-11). */
export type ExclusionRule = {
  tag: string;
  phases: ReadonlySet<string> | null;
  where: readonly { field: string; value: string | boolean }[];
};

export type EventRule = {
  name: string;
  featureRequired: boolean;
  fields: readonly FieldRule[];
  /** Derived booleans: true when the number field is above the bound. */
  comparisons: readonly { name: string; field: string; above: number }[];
  /** Derived sums: the product of two number fields. */
  products: readonly { name: string; factors: readonly [string, string] }[];
  exclusions: readonly ExclusionRule[];
};

/** Catalogue and policy in the form that judging an event needs; built once per policy version. */
export type EventRules = {
  events: ReadonlyMap<string, EventRule>;
  components: ReadonlySet<string>;
  features: ReadonlySet<string>;
  /** The rollouts that have a phase of this name, in policy order. */
  rolloutsByPhase: ReadonlyMap<string, readonly string[]>;
  windowSeconds: number;
  maxAgeSeconds: number;
  futureToleranceSeconds: number;
  maxLineBytes: number;
  maxValuesPerDimension: number;
  /** Dimension values that a metric or the catalogue names: never folded into `__other__`. By event, then field. */
  keptValues: ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;
};

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
      const floor = field.measure === 'histogram' ? 0 : Number.NEGATIVE_INFINITY;
      return {
        kind: 'number',
        name,
        required: field.required,
        integer: field.type === 'integer',
        min: Math.max(field.min ?? floor, floor),
        max: field.max ?? Number.MAX_VALUE,
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
