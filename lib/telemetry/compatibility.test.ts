import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { shippedContext } from '#scripts/test/nasty-lines.ts';
import { compileEventRules, eventJsonSchema, validateEvent } from './index.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const { policy, catalogue } = shippedContext(NOW);
const rules = compileEventRules(policy, catalogue);
const lines = readFileSync('lib/telemetry/fixtures/valid-events-v1.jsonl', 'utf8').trimEnd().split('\n');

describe('the event schema', () => {
  // Lines are only ever added to that file. A red test here means: senders in the field would be refused.
  it.each(lines)('still accepts %s [TEL-12]', (line) => {
    expect(validateEvent(rules, JSON.parse(line), NOW.getTime())).toMatchObject({ accepted: true });
  });

  it('has an accepted example of every event, with every field, and one with the required fields only [TEL-12]', () => {
    for (const [name, event] of Object.entries(catalogue.events)) {
      const examples = lines.map((line) => JSON.parse(line)).filter((example) => example.event === name);
      const fields = Object.keys(event.fields);
      const required = fields.filter((field) => event.fields[field]?.required);
      expect(
        examples.some((e) => fields.every((field) => field in e)),
        `${name} with every field`,
      ).toBe(true);
      expect(
        examples.some((e) => fields.every((field) => field in e === required.includes(field))),
        `${name} with required fields only`,
      ).toBe(true);
    }
  });

  it('is published as JSON Schema, as it stands in the catalogue [TEL-12]', () => {
    const published = JSON.parse(readFileSync('public/schemas/telemetry-v1.schema.json', 'utf8'));
    // Out of date? node scripts/publish-event-schema.ts
    expect(published).toEqual(eventJsonSchema(catalogue));
  });
});
