import { describe, expect, it } from 'vitest';
import { APP_ERROR_CODES, AppError } from '#lib/errors/index.ts';
import { problemOf, problemResponse } from './problem.ts';

describe('an error as the client sees it', () => {
  it.each([
    ['VALIDATION', 400],
    ['UNAUTHENTICATED', 401],
    ['FORBIDDEN', 403],
    ['NOT_FOUND', 404],
    ['CONFLICT', 409],
    ['PRECONDITION_FAILED', 412],
    ['TOO_LARGE', 413],
    ['TOO_MANY_REQUESTS', 429],
    ['INTERNAL', 500],
    ['UPSTREAM', 502],
    ['UNAVAILABLE', 503],
  ] as const)('%s is %i', (code, status) => {
    expect(problemOf(new AppError(code, 'why'), '/x', 'r').status).toBe(status);
  });

  it('has a status for every code there is', () => {
    for (const code of APP_ERROR_CODES)
      expect(problemOf(new AppError(code, 'x'), '/', 'r').status).toBeGreaterThan(399);
  });

  it('names fields, reason and request, and is never cached', async () => {
    const error = new AppError('VALIDATION', 'No.', {
      reason: 'bad',
      issues: [{ field: 'name', message: 'too short' }],
    });
    const response = problemResponse(problemOf(error, '/api/v1/users', 'r-1'));
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-request-id')).toBe('r-1');
    expect(await response.json()).toEqual({
      type: 'urn:phasegate:problem:validation',
      title: 'The request is not valid',
      status: 400,
      detail: 'No.',
      instance: '/api/v1/users',
      code: 'VALIDATION',
      requestId: 'r-1',
      reason: 'bad',
      errors: [{ field: 'name', message: 'too short' }],
    });
  });

  it.each([
    new Error('password=hunter2 at /srv/app.ts:3'),
    new AppError('INTERNAL', 'password=hunter2'),
    'hunter2',
    null,
  ])('says nothing about a mistake of ours but the request id', (error) => {
    const problem = problemOf(error, '/x', 'r-2');
    expect(problem.status).toBe(500);
    expect(JSON.stringify(problem)).not.toMatch(/hunter2|app\.ts|stack/);
    expect(problem.detail).toContain('r-2');
  });

  it('says when to come back', () => {
    const problem = problemOf(new AppError('TOO_MANY_REQUESTS', 'slow'), '/x', 'r');
    expect(problemResponse(problem, 7).headers.get('retry-after')).toBe('7');
  });
});
