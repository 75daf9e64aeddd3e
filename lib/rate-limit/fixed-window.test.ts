import { describe, expect, it } from 'vitest';
import { fixedWindowLimiter, type Limit } from './fixed-window.ts';

const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1000);

function limiterOf(limit: Limit, maxKeys?: number) {
  const limiter = fixedWindowLimiter(maxKeys);
  return {
    take: (key: string, now: Date) => limiter.take(key, now, limit),
    peek: (key: string, now: Date) => limiter.peek(key, now, limit),
    forget: limiter.forget,
  };
}

describe('a limit', () => {
  it('allows exactly so many uses per window and says how long to wait', () => {
    const limiter = limiterOf({ count: 2, windowSeconds: 60 });
    expect(limiter.take('a', at(0))).toEqual({ allowed: true });
    expect(limiter.take('a', at(10))).toEqual({ allowed: true });
    expect(limiter.peek('a', at(20))).toEqual({ allowed: false, retryAfterSeconds: 40 });
    expect(limiter.take('a', at(59.5))).toEqual({ allowed: false, retryAfterSeconds: 1 });
    expect(limiter.take('b', at(59.5))).toEqual({ allowed: true });
    expect(limiter.take('a', at(60))).toEqual({ allowed: true });
  });

  it('follows a policy that changes in the middle of a window', () => {
    const limiter = fixedWindowLimiter();
    for (let i = 0; i < 2; i++) limiter.take('a', at(0), { count: 2, windowSeconds: 60 });
    expect(limiter.take('a', at(1), { count: 2, windowSeconds: 60 }).allowed).toBe(false);
    expect(limiter.take('a', at(2), { count: 3, windowSeconds: 60 }).allowed).toBe(true);
  });

  it('forgets a key when asked', () => {
    const limiter = limiterOf({ count: 1, windowSeconds: 60 });
    limiter.take('a', at(0));
    limiter.forget('a');
    expect(limiter.take('a', at(1))).toEqual({ allowed: true });
  });

  it('keeps no more keys than it may, dropping the oldest', () => {
    const limiter = limiterOf({ count: 1, windowSeconds: 60 }, 2);
    for (const key of ['a', 'b', 'c']) limiter.take(key, at(0));
    expect(limiter.peek('a', at(1))).toEqual({ allowed: true });
    expect(limiter.peek('c', at(1)).allowed).toBe(false);
  });
});
