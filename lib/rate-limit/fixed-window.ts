export type Limit = { readonly count: number; readonly windowSeconds: number };
export type LimitDecision = { allowed: true } | { allowed: false; retryAfterSeconds: number };

/** Keys kept at once; past it the oldest windows are forgotten, so that made-up keys cannot fill the memory. */
const MAX_KEYS = 50_000;

export type Limiter = {
  /** Counts one use at `now` and says whether it is within the limit. */
  take: (key: string, now: Date, limit: Limit) => LimitDecision;
  /** Says whether a use would be within the limit, without counting it. */
  peek: (key: string, now: Date, limit: Limit) => LimitDecision;
  /** Forgets a key, for example after a success. */
  forget: (key: string) => void;
};

/**
 * The limit comes in with each use, because policy may change it at any time; a window that has begun keeps its end.
 * At most `count` uses of a key per fixed window that starts with its first use. Per process: several processes
 * multiply the limit by their number. Units: seconds. Time comes in with each call.
 */
export function fixedWindowLimiter(maxKeys: number = MAX_KEYS): Limiter {
  const windows = new Map<string, { endsAtMs: number; used: number }>();

  function current(key: string, nowMs: number): { endsAtMs: number; used: number } | undefined {
    const found = windows.get(key);
    if (found && found.endsAtMs > nowMs) return found;
    windows.delete(key);
    return undefined;
  }

  function refusal(endsAtMs: number, nowMs: number): LimitDecision {
    return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil((endsAtMs - nowMs) / 1000)) };
  }

  return {
    peek(key, now, limit) {
      const found = current(key, now.getTime());
      return found && found.used >= limit.count ? refusal(found.endsAtMs, now.getTime()) : { allowed: true };
    },
    take(key, now, limit) {
      const nowMs = now.getTime();
      const found = current(key, nowMs);
      if (!found) {
        const oldest = windows.size >= maxKeys ? windows.keys().next().value : undefined;
        if (oldest !== undefined) windows.delete(oldest);
        windows.set(key, { endsAtMs: nowMs + limit.windowSeconds * 1000, used: 1 });
        return limit.count >= 1 ? { allowed: true } : refusal(nowMs + limit.windowSeconds * 1000, nowMs);
      }
      if (found.used >= limit.count) return refusal(found.endsAtMs, nowMs);
      found.used += 1;
      return { allowed: true };
    },
    forget(key) {
      windows.delete(key);
    },
  };
}
