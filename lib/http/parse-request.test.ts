import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseInput } from './parse-request.ts';

const schema = z.strictObject({
  reason: z.string(),
  tags: z.record(z.string(), z.array(z.string())).default({}),
});

describe('outside input', () => {
  it.each([
    ['reason', { reason: 'a\u0000b' }],
    ['reason', { reason: 'half a pair: \ud83d' }],
    ['tags.x.1', { reason: 'ok', tags: { x: ['ok', '\u0000'] } }],
    ['tags', { reason: 'ok', tags: { '\u0000': [] } }],
  ])(
    'is refused at %s where the database could not keep it, before anything has begun [ROL-8]',
    (field, input) => {
      expect(() => parseInput(schema, input, 'body')).toThrow(
        expect.objectContaining({ code: 'VALIDATION', issues: [expect.objectContaining({ field })] }),
      );
    },
  );

  it('passes unchanged whatever text it is, in any script [ROL-8]', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 50 }), (reason) => {
        fc.pre(!reason.includes('\u0000') && reason.isWellFormed());
        expect(parseInput(schema, { reason }, 'body')).toEqual({ reason, tags: {} });
      }),
      { numRuns: 200 },
    );
  });
});
