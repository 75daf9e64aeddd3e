'use client';

import {
  CheckCheck,
  CirclePlay,
  ClipboardCheck,
  Eye,
  Hourglass,
  type LucideIcon,
  OctagonPause,
  RefreshCw,
  Timer,
  Undo2,
} from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Badge, type Tone } from '#components/ui/badge.tsx';
import type { RolloutState } from '#lib/rollouts/index.ts';

/** Icon and tone of each state; the word comes from `rolloutState.*`. */
const LOOKS = {
  preparing: { icon: Hourglass, tone: 'none' },
  running: { icon: CirclePlay, tone: 'neutral' },
  awaiting_approval: { icon: ClipboardCheck, tone: 'accent' },
  promoting: { icon: RefreshCw, tone: 'accent' },
  rolling_back: { icon: Undo2, tone: 'back' },
  watching: { icon: Eye, tone: 'back' },
  awaiting_canary: { icon: Timer, tone: 'neutral' },
  completed: { icon: CheckCheck, tone: 'pass' },
  halted: { icon: OctagonPause, tone: 'bad' },
} as const satisfies Record<RolloutState, { icon: LucideIcon; tone: Tone }>;

/** The state of a rollout as shape, icon, word and colour. */
export function RolloutStateBadge({ state }: { state: RolloutState }) {
  const t = useTranslations('rolloutState');
  const { icon: Icon, tone } = LOOKS[state];
  return (
    <Badge tone={tone} icon={<Icon aria-hidden className="size-4" />}>
      {t(state)}
    </Badge>
  );
}
