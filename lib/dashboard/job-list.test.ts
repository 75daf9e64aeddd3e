import { expect, it } from 'vitest';
import { errorText, jobRunView, jobStateOf, type StoredRun, type StoredStep } from './job-list.ts';

const now = new Date('2026-11-21T10:00:00Z');
const later = new Date('2026-11-21T10:00:01Z');
const run = (change: Partial<StoredRun> = {}): StoredRun => ({
  id: 'r',
  functionId: 'f',
  event: { name: 'test/go' },
  state: 'waiting',
  attempt: 0,
  createdAt: now,
  startedAt: null,
  endedAt: null,
  nextAt: null,
  leaseUntil: null,
  error: null,
  steps: [],
  ...change,
});
const step = (change: Partial<StoredStep> = {}): StoredStep => ({
  name: 's',
  op: 'StepPlanned',
  state: 'completed',
  attempt: 0,
  createdAt: now,
  endedAt: null,
  wakeAt: null,
  leaseUntil: null,
  error: null,
  ...change,
});

it.each([
  ['running', run({ state: 'queued', leaseUntil: later })],
  ['running', run({ steps: [step({ state: 'planned', leaseUntil: later })] })],
  ['queued', run({ state: 'queued', leaseUntil: now })],
  ['queued', run({ steps: [step({ state: 'planned' })] })],
  ['sleeping', run({ steps: [step({ state: 'sleeping' })] })],
  ['waiting', run({ steps: [step({ state: 'waiting' })] })],
  ['cancelled', run({ state: 'cancelled', leaseUntil: later })],
] as const)('shows a run as %s', (state, stored) => {
  expect(jobStateOf(stored, now)).toBe(state);
});

it('tells when a sleeping run goes on', () => {
  expect(jobRunView(run({ steps: [step({ state: 'sleeping', wakeAt: later })] }), now).nextAt).toBe(
    later.toISOString(),
  );
});

it('shows the text of an error, whatever was stored', () => {
  expect(errorText({ name: 'E', message: 'm' })).toBe('E: m');
  expect([errorText(null), errorText('x'), errorText({})]).toEqual([null, null, 'Error']);
});
