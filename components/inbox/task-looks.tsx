import {
  ArrowUpFromLine,
  CalendarClock,
  CircleAlert,
  EyeOff,
  FileSignature,
  ListChecks,
  type LucideIcon,
  OctagonPause,
  PenLine,
  Play,
  ThumbsUp,
  Undo2,
} from 'lucide-react';
import type { TaskKind } from '#lib/dashboard/index.ts';

/** Icon of each kind of task; only what hurts users now has the colour of harm. */
export const TASK_LOOKS = {
  required_rollback: { icon: Undo2, ink: 'text-bad' },
  unproven: { icon: CircleAlert, ink: 'text-bad' },
  not_recovered: { icon: EyeOff, ink: 'text-bad' },
  rearm: { icon: OctagonPause, ink: 'text-warn' },
  approval: { icon: ThumbsUp, ink: 'text-accent' },
  promotion: { icon: ArrowUpFromLine, ink: 'text-accent' },
  sign_off: { icon: PenLine, ink: 'text-ink-2' },
  checklist: { icon: ListChecks, ink: 'text-ink-2' },
  review: { icon: FileSignature, ink: 'text-ink-2' },
  restart: { icon: CalendarClock, ink: 'text-ink-2' },
  start: { icon: Play, ink: 'text-ink-2' },
} as const satisfies Record<TaskKind, { icon: LucideIcon; ink: string }>;
