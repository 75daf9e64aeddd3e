import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseEvaluationRequest } from './evaluation-context.ts';

const codeOf = (text: string) => {
  const read = parseEvaluationRequest(text);
  return 'problem' in read ? read.problem.errorCode : read.context;
};

it.each([
  ['', 'PARSE_ERROR'],
  ['{"context":', 'PARSE_ERROR'],
  ['null', 'PARSE_ERROR'],
  ['[]', 'PARSE_ERROR'],
  ['7', 'PARSE_ERROR'],
  ['{}', 'INVALID_CONTEXT'],
  ['{"context":null}', 'INVALID_CONTEXT'],
  ['{"context":"u"}', 'INVALID_CONTEXT'],
  ['{"context":["u"]}', 'INVALID_CONTEXT'],
  ['{"context":{}}', 'TARGETING_KEY_MISSING'],
  ['{"context":{"targetingKey":""}}', 'TARGETING_KEY_MISSING'],
  ['{"context":{"targetingKey":null}}', 'TARGETING_KEY_MISSING'],
  ['{"context":{"targetingKey":7}}', 'INVALID_CONTEXT'],
  ['{"context":{"targetingKey":"u","cohort":7}}', 'INVALID_CONTEXT'],
  ['{"context":{"targetingKey":"u","groups":"qa"}}', 'INVALID_CONTEXT'],
])('%s is refused as %s', (text, code) => {
  expect(codeOf(text)).toBe(code);
});

it('attributes that no rule reads are kept', () => {
  const context = { targetingKey: 'u', cohort: 'qa', plan: { tier: 2 } };
  expect(codeOf(JSON.stringify({ context, extra: 1 }))).toEqual(context);
});

it('any text is answered, never thrown at', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => codeOf(text) !== undefined));
});
