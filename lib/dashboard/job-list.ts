import type { JobRunView, JobState } from './job-list.schema.ts';

/** A run as it is stored, with its steps in the order they were found. */
export type StoredRun = {
  id: string;
  functionId: string;
  event: unknown;
  state: string;
  attempt: number;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  nextAt: Date | null;
  leaseUntil: Date | null;
  error: unknown;
  steps: StoredStep[];
};
export type StoredStep = {
  name: string;
  op: string;
  state: string;
  attempt: number;
  createdAt: Date;
  endedAt: Date | null;
  wakeAt: Date | null;
  leaseUntil: Date | null;
  error: unknown;
};

/** Tells what a run is doing: being called, waiting for its turn, or for the step it sleeps or waits in. */
export function jobStateOf(run: StoredRun, now: Date): JobState {
  const called = (lease: Date | null) => lease !== null && lease > now;
  switch (run.state) {
    case 'completed':
    case 'failed':
    case 'cancelled':
      return run.state;
    default:
      if (called(run.leaseUntil) || run.steps.some((step) => called(step.leaseUntil))) return 'running';
      if (run.state === 'queued' || run.steps.some((step) => step.state === 'planned')) return 'queued';
      return run.steps.some((step) => step.state === 'sleeping') ? 'sleeping' : 'waiting';
  }
}

/** The text of a stored failure; null when there is none. */
export function errorText(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const name = 'name' in error && typeof error.name === 'string' ? error.name : 'Error';
  return 'message' in error && typeof error.message === 'string' ? `${name}: ${error.message}` : name;
}

/** A run for the jobs page. Times are ISO 8601 in UTC. `nextAt`: when it is called again, where that is known. */
export function jobRunView(run: StoredRun, now: Date): JobRunView {
  const iso = (at: Date | null) => at?.toISOString() ?? null;
  const event = run.event;
  const named = typeof event === 'object' && event !== null && 'name' in event ? String(event.name) : '';
  const wakes = run.steps.flatMap((step) =>
    step.endedAt === null && step.wakeAt ? [step.wakeAt.getTime()] : [],
  );
  const nextAt =
    run.nextAt ?? (run.endedAt === null && wakes.length > 0 ? new Date(Math.min(...wakes)) : null);
  return {
    id: run.id,
    functionId: run.functionId,
    eventName: named,
    state: jobStateOf(run, now),
    attempt: run.attempt,
    createdAt: run.createdAt.toISOString(),
    startedAt: iso(run.startedAt),
    endedAt: iso(run.endedAt),
    nextAt: iso(nextAt),
    error: errorText(run.error),
    steps: run.steps.map((step) => ({
      name: step.name,
      op: step.op,
      state: stepState(step.state),
      attempt: step.attempt,
      createdAt: step.createdAt.toISOString(),
      endedAt: iso(step.endedAt),
      wakeAt: iso(step.wakeAt),
      error: errorText(step.error),
    })),
  };
}

function stepState(state: string): JobRunView['steps'][number]['state'] {
  switch (state) {
    case 'completed':
    case 'failed':
    case 'sleeping':
    case 'waiting':
      return state;
    default:
      return 'planned';
  }
}
