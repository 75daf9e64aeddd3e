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
/**
 * The largest magnitude of a number field. Beyond every real quantity, and small enough that neither a product of two
 * fields nor a sum over all events overflows a double: a window whose sum overflowed could never be stored again.
 */
export const MAX_NUMBER = 1e100;

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
