import { describe, expect, it } from 'vitest';
import { failureKind } from './failure-kind.ts';

describe('what is known after a press that failed [DASH-5]', () => {
  it.each([
    [{ status: 0, code: 'offline' }, 'offline'],
    [{ status: 401, code: 'UNAUTHENTICATED' }, 'signedOut'],
    [{ status: 403, code: 'FORBIDDEN' }, 'forbidden'],
    [{ status: 404, code: 'NOT_FOUND' }, 'failed'],
    [{ status: 409, code: 'CONFLICT' }, 'conflict'],
    [{ status: 422, code: 'UNPROCESSABLE' }, 'failed'],
    [{ status: 499, code: 'http_499' }, 'failed'],
    [{ status: 500, code: 'INTERNAL' }, 'unknown'],
    [{ status: 503, code: 'http_503' }, 'unknown'],
    // It answered, but not in words we know: it may have been done.
    [{ status: 200, code: 'bad_answer' }, 'unknown'],
  ] as const)('%o is %s', (failed, kind) => {
    expect(failureKind(failed)).toBe(kind);
  });

  it('claims nothing of an error that is not an answer', () => {
    expect(failureKind(null)).toBe('unknown');
  });
});
