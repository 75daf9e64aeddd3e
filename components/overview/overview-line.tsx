'use client';

import { CircleCheck, EyeOff, Hand, type LucideIcon, OctagonAlert, TriangleAlert } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import { cx } from '#components/ui/cx.ts';
import { NEEDS, type Need, needOf, type RolloutSummary } from '#lib/dashboard/index.ts';

const LOOKS = {
  act: { icon: OctagonAlert, ink: 'text-bad' },
  blind: { icon: EyeOff, ink: 'text-warn' },
  look: { icon: TriangleAlert, ink: 'text-warn' },
  decide: { icon: Hand, ink: 'text-accent' },
  calm: { icon: CircleCheck, ink: 'text-pass' },
} as const satisfies Record<Need, { icon: LucideIcon; ink: string }>;

/** The first line of all: whether anything is wrong, and with what. Calm while nothing is. */
export function OverviewLine({ rollouts }: { rollouts: readonly RolloutSummary[] }) {
  const t = useTranslations('overview');
  const { locale } = useReader();
  const worst = NEEDS.find((need) => rollouts.some((rollout) => needOf(rollout) === need)) ?? 'calm';
  const affected = rollouts.filter((rollout) => needOf(rollout) === worst);
  const { icon: Icon, ink } = LOOKS[worst];
  return (
    <p role="status" className="mt-1 flex items-start gap-2">
      <Icon aria-hidden className={cx('mt-0.5 size-5 shrink-0', ink)} />
      <span>
        {t(`need_${worst}`, {
          count: affected.length,
          names: affected.map(({ label }) => label[locale]).join(t('separator')),
        })}
      </span>
    </p>
  );
}
