import { CircleAlert, CircleCheck, CircleDashed, CircleDot, type LucideIcon } from 'lucide-react';
import type { Tone } from '#components/ui/badge.tsx';
import type { IncidentPage } from '#lib/dashboard/index.ts';

export type Step = IncidentPage['detail']['steps'][number];

/** A shape and a colour for how a step stands; the word beside it says it too. */
export const STEP_LOOKS = {
  waiting: { icon: CircleDashed, tone: 'none', ink: 'text-ink-3' },
  open: { icon: CircleDot, tone: 'accent', ink: 'text-accent' },
  overdue: { icon: CircleAlert, tone: 'bad', ink: 'text-bad' },
  done: { icon: CircleCheck, tone: 'pass', ink: 'text-pass' },
} as const satisfies Record<Step['state'], { icon: LucideIcon; tone: Tone; ink: string }>;
