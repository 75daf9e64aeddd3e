import { describe, expect, it } from 'vitest';
import { fixedWindowLimiter } from './fixed-window.ts';

const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1000);

describe('a limit', () => {
  it('allows exactly so many uses per window and says how long to wait', () => {
    const limiter = fixedWindowLimiter({ count: 2, windowSeconds: 60 });
    expect(limiter.take('a', at(0))).toEqual({ allowed: true });
    expect(limiter.take('a', at(10))).toEqual({ allowed: true });
    expect(limiter.peek('a', at(20))).toEqual({ allowed: false, retryAfterSeconds: 40 });
    expect(limiter.take('a', at(59.5))).toEqual({ allowed: false, retryAfterSeconds: 1 });
    expect(limiter.take('b', at(59.5))).toEqual({ allowed: true });
    expect(limiter.take('a', at(60))).toEqual({ allowed: true });
  });

  it('forgets a key when asked', () => {
    const limiter = fixedWindowLimiter({ count: 1, windowSeconds: 60 });
    limiter.take('a', at(0));
    limiter.forget('a');
    expect(limiter.take('a', at(1))).toEqual({ allowed: true });
  });

  it('keeps no more keys than it may, dropping the oldest', () => {
    const limiter = fixedWindowLimiter({ count: 1, windowSeconds: 60 }, 2);
    for (const key of ['a', 'b', 'c']) limiter.take(key, at(0));
    expect(limiter.peek('a', at(1))).toEqual({ allowed: true });
    expect(limiter.peek('c', at(1)).allowed).toBe(false);
  });
});
