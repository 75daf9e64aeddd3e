'use client';

import {
  CircleCheck,
  CircleDashed,
  Eye,
  type LucideIcon,
  OctagonAlert,
  OctagonX,
  TriangleAlert,
} from 'lucide-react';
import { useTranslations } from 'next-intl';
import { cx } from '#components/ui/cx.ts';
import type { Budget, BudgetState } from '#lib/slo/slo-report.schema.ts';
import { useSloWords } from './use-slo-words.ts';

/** Shape, ink and fill of each band of what is left; the word comes from `slo.state_*`. */
const BUDGET_LOOKS = {
  healthy: { icon: CircleCheck, ink: 'text-pass', fill: 'bg-pass-line' },
  observe: { icon: Eye, ink: 'text-pass', fill: 'bg-pass-line' },
  attention: { icon: TriangleAlert, ink: 'text-warn', fill: 'bg-warn-line' },
  unhealthy: { icon: OctagonAlert, ink: 'text-bad', fill: 'bg-bad-line' },
  exhausted: { icon: OctagonX, ink: 'text-bad', fill: 'bg-bad-line' },
  unknown: { icon: CircleDashed, ink: 'text-none', fill: 'bg-none-line' },
} as const satisfies Record<BudgetState, { icon: LucideIcon; ink: string; fill: string }>;

/** The band as icon and word. */
export function BudgetStateWord({ state, className }: { state: BudgetState; className?: string }) {
  const t = useTranslations('slo');
  const { icon: Icon, ink } = BUDGET_LOOKS[state];
  return (
    <span className={cx('inline-flex items-center gap-1.5 font-medium whitespace-nowrap', ink, className)}>
      <Icon aria-hidden className="size-4 shrink-0" />
      {t(`state_${state}`)}
    </span>
  );
}

/** What is left of a budget: number, word, icon, and a bar that is empty when it is gone. */
export function BudgetMeter({ budget, name }: { budget: Budget; name: string }) {
  const t = useTranslations('slo');
  const { leftText } = useSloWords();
  const left = leftText(budget.remainingRatio);
  const share = Math.min(1, Math.max(0, budget.remainingRatio ?? 0));
  return (
    <div className="grid gap-1">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className="text-lg leading-tight font-semibold tabular-nums">{left}</span>
        <BudgetStateWord state={budget.state} className="text-[13px]" />
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: browsers draw <meter> in colours of their own */}
      <div
        role="meter"
        aria-label={t('leftOf', { objective: name })}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        aria-valuetext={t('leftText', { left, state: t(`state_${budget.state}`) })}
        className="h-2 overflow-hidden rounded-full border border-line-strong bg-surface"
      >
        <div
          className={cx('h-full print:[print-color-adjust:exact]', BUDGET_LOOKS[budget.state].fill)}
          style={{ width: `${share * 100}%` }}
        />
      </div>
    </div>
  );
}
