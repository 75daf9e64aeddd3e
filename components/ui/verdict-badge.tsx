'use client';

import {
  CircleCheck,
  CircleDashed,
  EyeOff,
  Hourglass,
  type LucideIcon,
  OctagonX,
  TriangleAlert,
} from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Badge, type Tone } from './badge.tsx';
import { cx } from './cx.ts';
import { useLitOnce } from './use-lit-once.ts';

/** Shape, icon and tone of each state; the word comes from `verdict.*`. One table, so that they cannot drift apart. */
export const VERDICT_LOOKS = {
  pass: { icon: CircleCheck, tone: 'pass', ink: 'text-pass' },
  warn: { icon: TriangleAlert, tone: 'warn', ink: 'text-warn' },
  violation: { icon: OctagonX, tone: 'bad', ink: 'text-bad' },
  insufficient_data: { icon: CircleDashed, tone: 'none', ink: 'text-none' },
  blind: { icon: EyeOff, tone: 'warn', ink: 'text-warn' },
  waiting: { icon: Hourglass, tone: 'none', ink: 'text-none' },
} as const satisfies Record<string, { icon: LucideIcon; tone: Tone; ink: string }>;
export type VerdictLook = keyof typeof VERDICT_LOOKS;

/** A verdict as shape, icon, word and colour; lit once when it changes. */
export function VerdictBadge({ verdict, className }: { verdict: VerdictLook; className?: string }) {
  const t = useTranslations('verdict');
  const { icon: Icon, tone } = VERDICT_LOOKS[verdict];
  const { times, className: lit } = useLitOnce(verdict);
  return (
    <Badge
      key={times}
      tone={tone}
      icon={<Icon aria-hidden className="size-4" />}
      className={cx(lit, className)}
    >
      {t(verdict)}
    </Badge>
  );
}

/** The same without a frame, for dense tables. */
export function VerdictWord({ verdict, className }: { verdict: VerdictLook; className?: string }) {
  const t = useTranslations('verdict');
  const { icon: Icon, ink } = VERDICT_LOOKS[verdict];
  return (
    <span
      className={cx(
        'inline-flex items-center gap-1.5 align-bottom font-medium whitespace-nowrap',
        ink,
        className,
      )}
    >
      <Icon aria-hidden className="size-4 shrink-0" />
      {t(verdict)}
    </span>
  );
}
