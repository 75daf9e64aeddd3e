import { DatabaseZap, type LucideIcon, OctagonPause, Snowflake } from 'lucide-react';
import type { StopKind } from '#lib/rollouts/index.ts';

/** Icon and ground of each kind of stop; one table, so that banner, page and dialog cannot drift apart. */
export const STOP_LOOKS = {
  kill: { icon: OctagonPause, ground: 'border-bad-line/60 bg-bad-soft', ink: 'text-bad' },
  freeze: { icon: Snowflake, ground: 'border-line-strong/50 bg-accent-soft', ink: 'text-accent' },
  collection: { icon: DatabaseZap, ground: 'border-warn-line/60 bg-warn-soft', ink: 'text-warn' },
} as const satisfies Record<StopKind, { icon: LucideIcon; ground: string; ink: string }>;
