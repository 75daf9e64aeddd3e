'use client';

import { Check, Circle, Minus, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { Step } from './step-looks.ts';

const LOOKS = {
  yes: { icon: Check, ink: 'text-pass' },
  no: { icon: Circle, ink: 'text-ink-3' },
  not_needed: { icon: Minus, ink: 'text-ink-3' },
} as const;
/** What is missing past its deadline. */
const LATE = { icon: X, ink: 'text-bad' } as const;

/** What the machine looked at in a step, and what it found. */
export function StepChecks({ step }: { step: Step }) {
  const t = useTranslations('incidentPage');
  if (step.checks.length === 0) return null;
  return (
    <ul aria-label={t('checks')} className="mt-2 grid gap-1 text-sm">
      {step.checks.map(({ check, state, holds }) => {
        const { icon: Icon, ink } = state === 'no' && step.state === 'overdue' && holds ? LATE : LOOKS[state];
        return (
          <li key={check} data-check={check} className="flex items-start gap-2">
            <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${ink}`} />
            <span>
              {t(`check_${check}`)}{' '}
              <span className="text-[13px] text-ink-2">
                {t(`answer_${state}`)}
                {!holds && state !== 'not_needed' ? ` · ${t('shownOnly')}` : ''}
              </span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
