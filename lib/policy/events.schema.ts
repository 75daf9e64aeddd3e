import { z } from 'zod';

/** Names that become identifiers in SQL and JSON paths: lower case, digits and underscores only. */
export const FieldNameSchema = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, { error: 'use snake_case' });
export const EventNameSchema = z.string().regex(/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){1,4}$/, {
  error: 'use dotted snake_case, like autosave.save.completed',
});

const LocalizedSchema = z.strictObject({ ja: z.string().min(1), en: z.string().min(1) });

/**
 * One field of an event. `measure` says what a window keeps of a number: `histogram` (percentiles, sum, min, max)
 * or `sum` (sum, min, max). `dimension` splits the window's counts by the field's value, so that metrics can filter on it.
 */
const NumberFieldSchema = z.strictObject({
  type: z.enum(['number', 'integer']),
  required: z.boolean().default(false),
  min: z.number().optional(),
  max: z.number().optional(),
  measure: z.enum(['histogram', 'sum', 'none']).default('none'),
});
const BooleanFieldSchema = z.strictObject({
  type: z.literal('boolean'),
  required: z.boolean().default(false),
  dimension: z.boolean().default(false),
});
const StringFieldSchema = z.strictObject({
  type: z.literal('string'),
  required: z.boolean().default(false),
  values: z.array(z.string().min(1)).min(1).optional(),
  maxLength: z.int().positive().max(4096).default(256),
  dimension: z.boolean().default(false),
});
export const EventFieldSchema = z.discriminatedUnion('type', [
  NumberFieldSchema,
  BooleanFieldSchema,
  StringFieldSchema,
]);

/** A value computed from the event's own fields before it is counted. */
const DerivedFieldSchema = z.union([
  z.strictObject({ greaterThan: z.tuple([FieldNameSchema, z.number()]) }), // a boolean dimension
  z.strictObject({ product: z.tuple([FieldNameSchema, FieldNameSchema]) }), // a summed number
]);

const EventDefinitionSchema = z.strictObject({
  component: z.string().min(1),
  description: LocalizedSchema,
  /** Sent by Phasegate itself: says nothing about whether clients are heard. */
  internal: z.boolean().default(false),
  /** Whether `feature` must be present. */
  featureRequired: z.boolean().default(true),
  fields: z.record(FieldNameSchema, EventFieldSchema).default({}),
  derived: z.record(FieldNameSchema, DerivedFieldSchema).default({}),
});

/**
 * governance/events.yaml: the catalogue of telemetry events (TEL-1 … TEL-9), versioned (TEL-12).
 * The common fields (ts, component, event, feature, phase, rollout, observed_only, tenant, environment, dry_run)
 * belong to every event and are not listed.
 */
export const EventCatalogueSchema = z.strictObject({
  version: z.literal(1),
  components: z.array(z.string().min(1)).min(1),
  features: z.array(z.string().min(1)).min(1),
  events: z.record(EventNameSchema, EventDefinitionSchema),
});
export type EventCatalogue = z.infer<typeof EventCatalogueSchema>;
export type EventDefinition = z.infer<typeof EventDefinitionSchema>;
export type EventField = z.infer<typeof EventFieldSchema>;
