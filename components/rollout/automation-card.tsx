'use client';

import { useTranslations } from 'next-intl';
import { cx } from '#components/ui/cx.ts';
import type { Decision } from '#lib/rollouts/index.ts';

const LEVELS = ['shadow', 'recommend', 'act'] as const;

/** How far automation goes in this phase, for each direction, and what that means (the trust ladder). */
export function AutomationLevels({ automation }: { automation: Decision['automation'] }) {
  const t = useTranslations('automation');
  return (
    <dl className="grid gap-3 px-4 py-3 text-sm sm:px-5">
      {(['promotion', 'rollback'] as const).map((direction) => {
        const level = automation[direction];
        return (
          <div key={direction} className="grid gap-1">
            <dt className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
              <span className="font-medium">{t(direction)}</span>
              <span className="inline-flex overflow-hidden rounded border border-line text-[13px]">
                {LEVELS.map((each) => (
                  <span
                    key={each}
                    aria-hidden={each !== level}
                    className={cx(
                      'border-line px-2 py-0.5 not-first:border-l',
                      each === level ? 'bg-accent-soft font-semibold text-accent' : 'text-ink-3',
                    )}
                  >
                    {t(each)}
                  </span>
                ))}
              </span>
            </dt>
            <dd className="text-[13px] text-ink-2">{t(`${direction}_${level}`)}</dd>
          </div>
        );
      })}
    </dl>
  );
}
