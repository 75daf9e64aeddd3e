'use client';

import { useState } from 'react';

/**
 * Lights what shows `value` once whenever it changes, not when it first appears. `times` belongs on it as its key: a light
 * that is still on begins anew.
 */
export function useLitOnce(value: string): { times: number; className: string | undefined } {
  const [seen, setSeen] = useState({ value, times: 0 });
  if (seen.value !== value) setSeen({ value, times: seen.times + 1 });
  return { times: seen.times, className: seen.times > 0 ? 'lit-once' : undefined };
}
