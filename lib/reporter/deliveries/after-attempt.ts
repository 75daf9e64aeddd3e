import type { SendResult } from '#lib/integrations/index.ts';
import { type CircuitRule, nextWaitMs, type RetryPlan } from '#lib/policy/index.ts';

/** What an attempt leaves behind: the delivery's next state, and whether another channel has to step in. */
export type AfterAttempt = {
  state: 'delivered' | 'due' | 'failed';
  nextAt: Date | null;
  outcome: 'delivered' | 'retry' | 'failed' | 'unknown';
  error: string | null;
  httpStatus: number | null;
  ref: Record<string, string> | null;
  fallBack: boolean;
};

/**
 * Decides what follows an attempt (REP-3): done, once more after a pause, or over. What is of unknown fate is due again at
 * once the first pause is over, and is looked for before it is sent. Pure. `attempt`: its number, from 1.
 */
export function afterAttempt(result: SendResult, attempt: number, plan: RetryPlan, now: Date): AfterAttempt {
  if (result.outcome === 'delivered')
    return {
      state: 'delivered',
      nextAt: null,
      outcome: 'delivered',
      error: null,
      httpStatus: result.httpStatus,
      ref: result.ref,
      fallBack: false,
    };
  const httpStatus = result.httpStatus ?? null;
  const over = {
    state: 'failed',
    nextAt: null,
    error: result.error,
    httpStatus,
    ref: null,
    fallBack: true,
  } as const;
  if (result.outcome === 'failed') return { ...over, outcome: 'failed' };
  const waitMs = nextWaitMs(plan, attempt, result.retryAfterSeconds ?? null);
  if (waitMs === null) return { ...over, outcome: result.outcome };
  return {
    state: 'due',
    nextAt: new Date(now.getTime() + waitMs),
    outcome: result.outcome,
    error: result.error,
    httpStatus,
    ref: null,
    fallBack: false,
  };
}

export type Circuit = { failures: number; openUntil: Date | null };

/**
 * The circuit of a channel after an attempt: a success closes it; so many failures in a row open it for a while, and after
 * that each single failure opens it again until something gets through. A refused message says nothing about the channel. Pure.
 */
export function circuitAfter(
  circuit: Circuit,
  result: SendResult,
  rule: Pick<CircuitRule, 'failures' | 'openForSeconds'>,
  now: Date,
): Circuit {
  if (result.outcome === 'delivered') return { failures: 0, openUntil: null };
  if (result.outcome === 'failed') return circuit;
  const failures = circuit.failures + 1;
  return {
    failures,
    openUntil:
      failures >= rule.failures ? new Date(now.getTime() + rule.openForSeconds * 1000) : circuit.openUntil,
  };
}

/** Where a message goes when a channel is over: Slack → issue → log; PagerDuty → log (REP-3). null: nowhere further. Pure. */
export function fallbackOf(
  sink: string,
  taken: readonly string[],
  issueChannel: string | null,
): { channel: string; sink: string } | null {
  if (sink === 'slack' && issueChannel !== null && !taken.includes(issueChannel))
    return { channel: issueChannel, sink: 'issue' };
  return sink !== 'log' && !taken.includes('log') ? { channel: 'log', sink: 'log' } : null;
}
