import type { EventCatalogue, EventField } from '#lib/policy/index.ts';
import { COMMON_FIELDS, MAX_COMMON_LENGTH, MAX_NUMBER } from './event-rules.ts';

type JsonSchema = { [key: string]: unknown };

/**
 * The published JSON Schema (draft 2020-12) of one telemetry line, from the catalogue (TEL-12).
 * It says what a sender must keep to; what depends on the policy and the clock (known phases, age) is not part of it.
 */
export function eventJsonSchema(catalogue: EventCatalogue): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `telemetry-v${catalogue.version}.schema.json`,
    title: `Phasegate telemetry event, version ${catalogue.version}`,
    description: 'One line of newline-delimited JSON. Fields that are not listed are accepted and ignored.',
    type: 'object',
    required: ['ts', 'component', 'event', 'phase'],
    properties: {
      ...Object.fromEntries(
        Object.entries(COMMON_FIELDS).map(([name, type]) => [
          name,
          type === 'string' ? { type, maxLength: MAX_COMMON_LENGTH } : { type },
        ]),
      ),
      ts: { type: 'string', format: 'date-time', maxLength: MAX_COMMON_LENGTH },
      component: { enum: catalogue.components },
      feature: { enum: catalogue.features },
      event: { enum: Object.keys(catalogue.events) },
    },
    oneOf: Object.entries(catalogue.events).map(([name, event]) => {
      const fields = Object.entries(event.fields);
      return {
        title: name,
        description: event.description.en,
        required: [
          ...(event.featureRequired ? ['feature'] : []),
          ...fields.flatMap(([field, rule]) => (rule.required ? [field] : [])),
        ],
        properties: {
          event: { const: name },
          ...Object.fromEntries(fields.map(([field, rule]) => [field, fieldSchema(rule)])),
        },
      };
    }),
  };
}

function fieldSchema(field: EventField): JsonSchema {
  switch (field.type) {
    case 'boolean':
      return { type: 'boolean' };
    case 'string':
      return field.values ? { enum: field.values } : { type: 'string', maxLength: field.maxLength };
    default: {
      const minimum = field.measure === 'histogram' ? Math.max(0, field.min ?? 0) : field.min;
      return {
        type: field.type,
        minimum: Math.max(minimum ?? -MAX_NUMBER, -MAX_NUMBER),
        maximum: Math.min(field.max ?? MAX_NUMBER, MAX_NUMBER),
      };
    }
  }
}
