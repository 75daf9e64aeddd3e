import { vi } from 'vitest';
import { PATIENCE_MS } from './patience.ts';

/** Looks again and again until `look` throws no more; what `vi.waitFor` does, which gives up after a second by itself. */
export function eventually<T>(look: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(look, { timeout: PATIENCE_MS, interval: 50 });
}
