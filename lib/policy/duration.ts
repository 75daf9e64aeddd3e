import { z } from 'zod';

const SECONDS_PER_UNIT = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/**
 * A span of time as people write it in governance files: `15m`, `2h`, `24h`, `5d`.
 * Units: whole seconds out. Errors: zod issue unless it is a positive whole number and one of s, m, h, d.
 */
export const DurationSchema = z
  .string()
  .regex(/^[1-9]\d{0,6}[smhd]$/, { error: 'write a duration as a number and a unit: 30s, 15m, 2h or 5d' })
  .transform((text) => {
    const unit = text.slice(-1) as keyof typeof SECONDS_PER_UNIT;
    return Number(text.slice(0, -1)) * SECONDS_PER_UNIT[unit];
  });

/** The shortest way to write `seconds` in one unit; the inverse of {@link DurationSchema}. */
export function formatDuration(seconds: number): string {
  for (const unit of ['d', 'h', 'm'] as const) {
    const size = SECONDS_PER_UNIT[unit];
    if (seconds >= size && seconds % size === 0) return `${seconds / size}${unit}`;
  }
  return `${seconds}s`;
}
