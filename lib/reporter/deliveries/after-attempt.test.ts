import { describe, expect, it } from 'vitest';
import type { SendResult } from '#lib/integrations/index.ts';
import { afterAttempt, circuitAfter, fallbackOf } from './after-attempt.ts';

const now = new Date('2026-11-21T00:00:00Z');
const plan = { waitsMs: [2000, 10_000], honourServer: true };
const delivered: SendResult = { outcome: 'delivered', ref: { ts: '1' }, httpStatus: 200 };
const retry = (retryAfterSeconds: number | null = null): SendResult => ({
  outcome: 'retry',
  error: 'HTTP 503',
  httpStatus: 503,
  retryAfterSeconds,
});
const failed: SendResult = { outcome: 'failed', error: 'channel_not_found', httpStatus: 200 };
const unknown: SendResult = { outcome: 'unknown', error: 'reset' };
const inMs = (ms: number) => new Date(now.getTime() + ms);

describe('after an attempt', () => {
  it('that was delivered it is over, with what the other side calls it [REP-3]', () => {
    expect(afterAttempt(delivered, 1, plan, now)).toMatchObject({
      state: 'delivered',
      ref: { ts: '1' },
      fallBack: false,
    });
  });

  it('that may be repeated it waits by the plan, or as long as the other side asks [REP-3]', () => {
    expect(afterAttempt(retry(), 1, plan, now)).toMatchObject({ state: 'due', nextAt: inMs(2000) });
    expect(afterAttempt(retry(), 2, plan, now)).toMatchObject({ state: 'due', nextAt: inMs(10_000) });
    expect(afterAttempt(retry(10), 1, plan, now)).toMatchObject({ state: 'due', nextAt: inMs(10_000) });
    expect(afterAttempt(retry(259_200), 1, plan, now)).toMatchObject({ state: 'failed', fallBack: true });
  });

  it('that was the last one, another channel steps in [REP-3]', () => {
    expect(afterAttempt(retry(), 3, plan, now)).toMatchObject({ state: 'failed', fallBack: true });
    expect(afterAttempt(unknown, 3, plan, now)).toMatchObject({
      state: 'failed',
      outcome: 'unknown',
      fallBack: true,
    });
    expect(afterAttempt(failed, 1, plan, now)).toMatchObject({ state: 'failed', fallBack: true });
  });

  it('of unknown fate it is due again, and says so', () => {
    expect(afterAttempt(unknown, 1, plan, now)).toMatchObject({
      state: 'due',
      outcome: 'unknown',
      nextAt: inMs(2000),
    });
  });
});

describe('the circuit of a channel', () => {
  const rule = { failures: 2, openForSeconds: 120 };
  const closed = { failures: 0, openUntil: null };

  it('opens after so many failures in a row, and at the next one again, until something gets through', () => {
    const once = circuitAfter(closed, retry(), rule, now);
    expect(once).toEqual({ failures: 1, openUntil: null });
    const twice = circuitAfter(once, unknown, rule, now);
    expect(twice).toEqual({ failures: 2, openUntil: inMs(120_000) });
    expect(circuitAfter(twice, retry(), rule, inMs(120_000)).openUntil).toEqual(inMs(240_000));
    expect(circuitAfter(twice, delivered, rule, now)).toEqual(closed);
  });

  it('is not touched by a message that was refused', () => {
    expect(circuitAfter(closed, failed, rule, now)).toBe(closed);
  });
});

describe('a fallback', () => {
  it('goes from Slack to the issue, from there to the log, and from PagerDuty to the log [REP-3]', () => {
    expect(fallbackOf('slack', ['incident'], 'issue')).toEqual({ channel: 'issue', sink: 'issue' });
    expect(fallbackOf('slack', ['incident', 'issue'], 'issue')).toEqual({ channel: 'log', sink: 'log' });
    expect(fallbackOf('slack', ['incident'], null)).toEqual({ channel: 'log', sink: 'log' });
    expect(fallbackOf('issue', ['issue'], 'issue')).toEqual({ channel: 'log', sink: 'log' });
    expect(fallbackOf('pagerduty', ['incident', 'pd'], 'issue')).toEqual({ channel: 'log', sink: 'log' });
  });

  it('ends there', () => {
    expect(fallbackOf('pagerduty', ['pd', 'log'], 'issue')).toBeNull();
    expect(fallbackOf('log', ['log'], 'issue')).toBeNull();
  });
});
