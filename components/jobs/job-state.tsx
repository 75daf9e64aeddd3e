import {
  Ban,
  CircleCheck,
  Clock,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  Moon,
  OctagonX,
} from 'lucide-react';
import { useTranslations } from 'next-intl';
import { cx } from '#components/ui/cx.ts';
import type { JOB_STEP_STATES, JobState } from '#lib/dashboard/index.ts';

type AnyState = JobState | (typeof JOB_STEP_STATES)[number];

const LOOKS = {
  queued: { icon: Clock, ink: 'text-none' },
  planned: { icon: Clock, ink: 'text-none' },
  running: { icon: LoaderCircle, ink: 'text-accent' },
  sleeping: { icon: Moon, ink: 'text-none' },
  waiting: { icon: Hourglass, ink: 'text-none' },
  completed: { icon: CircleCheck, ink: 'text-pass' },
  failed: { icon: OctagonX, ink: 'text-bad' },
  cancelled: { icon: Ban, ink: 'text-none' },
} as const satisfies Record<AnyState, { icon: LucideIcon; ink: string }>;

/** The state of a run or a step as icon, word and colour. */
export function JobStateWord({ state }: { state: AnyState }) {
  const t = useTranslations('jobState');
  const { icon: Icon, ink } = LOOKS[state];
  return (
    <span className={cx('inline-flex items-center gap-1.5 font-medium whitespace-nowrap', ink)}>
      <Icon
        aria-hidden
        className={cx('size-4 shrink-0', state === 'running' && 'animate-spin motion-reduce:animate-none')}
      />
      {t(state)}
    </span>
  );
}
