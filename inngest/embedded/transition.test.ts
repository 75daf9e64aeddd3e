import { describe, expect, it } from 'vitest';
import { type CallOutcome, readAnswer } from './answer.ts';
import { REFUSED_OPS } from './opcodes.ts';
import { type Call, transitionOf } from './transition.ts';

const settings = { backoff: { baseMs: 1000, maxMs: 8000 }, unreachableMs: 2000 };
const runCall: Call = { runId: 'r', stepId: null, stepName: '', attempt: 0, maxAttempts: 3 };
const stepCall: Call = { ...runCall, stepId: 's1', stepName: 'save' };
const error = { name: 'Error', message: 'no' };

function operations(
  list: { id: string; op: string; [key: string]: unknown }[],
  retriable = true,
): CallOutcome {
  return { kind: 'operations', operations: list, retriable, retryAfterMs: undefined };
}

describe('what an answer changes', () => {
  it.each(Object.keys(REFUSED_OPS))('fails the run for the operation %s, naming it', (op) => {
    const { run } = transitionOf(runCall, operations([{ id: 'x', op }]), settings);
    expect(run).toMatchObject({ kind: 'fail' });
    expect(JSON.stringify(run)).toContain(`operation ${op} is not supported`);
  });

  it('does not count an attempt when the app never saw the call', () => {
    const last = { ...runCall, attempt: 2 };
    expect(transitionOf(last, { kind: 'unreachable', error }, settings).run).toEqual({
      kind: 'again',
      attempt: 2,
      afterMs: 2000,
      error,
    });
    expect(
      transitionOf({ ...stepCall, attempt: 2 }, { kind: 'unreachable', error }, settings).steps,
    ).toMatchObject([{ kind: 'retry', attempt: 2, stepId: 's1' }]);
  });

  it.each([
    { attempt: 0, retriable: true, kind: 'again' },
    { attempt: 1, retriable: true, kind: 'again' },
    { attempt: 2, retriable: true, kind: 'fail' },
    { attempt: 0, retriable: false, kind: 'fail' },
  ])('after attempt $attempt of 3, retriable $retriable: $kind', ({ attempt, retriable, kind }) => {
    const outcome: CallOutcome = { kind: 'rejected', error, retriable, retryAfterMs: undefined };
    expect(transitionOf({ ...runCall, attempt }, outcome, settings).run.kind).toBe(kind);
  });

  it('hands the error of a step to the function only when its attempts are used up', () => {
    const outcome = operations([{ id: 's1', op: 'StepError', error, displayName: 'save' }]);
    expect(transitionOf({ ...stepCall, attempt: 1 }, outcome, settings).steps).toMatchObject([
      { kind: 'retry', attempt: 2 },
    ]);
    expect(transitionOf({ ...stepCall, attempt: 2 }, outcome, settings).steps).toMatchObject([
      { kind: 'failed', error },
    ]);
    const hopeless = operations([{ id: 's1', op: 'StepError', error }], false);
    expect(transitionOf(stepCall, hopeless, settings).steps).toMatchObject([{ kind: 'failed' }]);
  });

  it('waits as long as Retry-After says, else doubles up to the maximum', () => {
    const after: CallOutcome = { kind: 'rejected', error, retriable: true, retryAfterMs: 90_000 };
    expect(transitionOf(runCall, after, settings).run).toMatchObject({ afterMs: 90_000 });
    for (const [attempt, expected] of [
      [0, 1000],
      [1, 2000],
      [2, 4000],
      [3, 8000],
      [4, 8000],
    ] as const) {
      const call = { ...runCall, attempt, maxAttempts: 10 };
      const { run } = transitionOf(call, { ...after, retryAfterMs: undefined }, settings);
      const waited = run.kind === 'again' ? run.afterMs : 0;
      expect(waited).toBeGreaterThanOrEqual(expected * 0.8);
      expect(waited).toBeLessThanOrEqual(expected * 1.2);
    }
  });

  it('plans steps one by one as soon as several are open at once', () => {
    const two = operations([
      { id: 'a', op: 'StepPlanned' },
      { id: 'b', op: 'Sleep', name: '1m' },
    ]);
    expect(transitionOf(runCall, two, settings).parallel).toBe(true);
    expect(transitionOf(runCall, operations([{ id: 'a', op: 'StepRun', data: 1 }]), settings).parallel).toBe(
      false,
    );
  });

  it('completes a run by RunComplete, keeping the steps beside it', () => {
    const both = operations([
      { id: 'a', op: 'StepRun', data: 1 },
      { id: 'c', op: 'RunComplete', data: 'end' },
    ]);
    expect(transitionOf(runCall, both, settings)).toMatchObject({
      steps: [{ kind: 'completed', stepId: 'a' }],
      run: { kind: 'complete', output: 'end' },
    });
  });

  it.each([
    { id: 'a', op: 'Sleep', name: 'soon' },
    { id: 'a', op: 'WaitForEvent', opts: { timeout: '1h' } },
    { id: 'a', op: 'WaitForEvent', name: 'x/*', opts: {} },
    { id: 'a', op: 'WaitForEvent', name: 'inngest/function.finished', opts: {} },
    { id: 'a', op: 'WaitForEvent', name: 'x', opts: { if: 'async.data.a > 1' } },
    { id: 'a', op: 'InvokeFunction', opts: {} },
  ])('fails the run for %j instead of guessing', (operation) => {
    expect(transitionOf(runCall, operations([operation]), settings).run).toMatchObject({ kind: 'fail' });
  });

  it('fails the run when an output cannot be stored', () => {
    for (const data of ['a\u0000', { deep: ['\ud800'] }]) {
      expect(transitionOf(runCall, operations([{ id: 'a', op: 'StepRun', data }]), settings).run.kind).toBe(
        'fail',
      );
    }
    const fine = transitionOf(
      runCall,
      operations([{ id: 'a', op: 'StepRun', data: 'a\\u0000 😀' }]),
      settings,
    );
    expect(fine.run.kind).toBe('wait');
  });

  it('does not take another step for the one it asked for', () => {
    const other = operations([{ id: 'other', op: 'StepRun', data: 1 }]);
    expect(transitionOf({ ...stepCall, attempt: 2 }, other, settings).run.kind).toBe('fail');
  });
});

describe('reading an answer', () => {
  const now = new Date('2026-11-21T00:00:00Z');
  const answer = (status: number, body: string, headers: Record<string, string> = {}, signed = true) =>
    readAnswer({ status, body, headers, signed }, now);

  it('does not believe a success that is not signed with our key', () => {
    expect(answer(200, '{"a":1}', {}, false)).toMatchObject({ kind: 'rejected', retriable: true });
    expect(answer(200, '{"a":1}')).toEqual({ kind: 'completed', output: { a: 1 } });
  });

  it.each([
    [206, '{}'],
    [206, '[]'],
    [206, '[{"id":"a"}]'],
    [206, 'half'],
    [200, '<html>'],
    [500, ''],
    [404, '<html>'],
    [302, ''],
  ])('takes HTTP %i with %j for a failed attempt', (status, body) => {
    expect(answer(status, body)).toMatchObject({ kind: 'rejected', retriable: true });
  });

  it('reads X-Inngest-No-Retry and Retry-After', () => {
    expect(answer(400, '{"name":"E","message":"m"}', { 'x-inngest-no-retry': 'true' })).toEqual({
      kind: 'rejected',
      error: { name: 'E', message: 'm' },
      retriable: false,
      retryAfterMs: undefined,
    });
    expect(answer(500, '{}', { 'retry-after': '30' })).toMatchObject({ retryAfterMs: 30_000 });
    expect(answer(500, '{}', { 'retry-after': '2026-11-21T00:00:05Z' })).toMatchObject({
      retryAfterMs: 5000,
    });
  });
});
