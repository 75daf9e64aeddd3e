'use client';

import { useTranslations } from 'next-intl';
import { Section } from '#components/ui/card.tsx';
import { BUDGET_STATES } from '#lib/slo/slo-report.schema.ts';
import { BudgetStateWord } from './budget-looks.tsx';

const TERMS = ['budget', 'attainment', 'period', 'burn', 'gap', 'hash'] as const;

/** The report's words in plain ones, for whoever reads it twice a year. */
export function HowToRead() {
  const t = useTranslations('slo');
  return (
    <Section id="slo-how" title={t('how')}>
      <dl className="grid gap-x-8 gap-y-3 px-4 py-4 text-sm sm:px-5 md:grid-cols-2 print:grid-cols-2">
        {TERMS.map((term) => (
          <div key={term} className="break-inside-avoid">
            <dt className="font-semibold">{t(`how_${term}`)}</dt>
            <dd className="mt-0.5 text-ink-2 text-pretty">{t(`how_${term}Text`)}</dd>
          </div>
        ))}
      </dl>
      <div className="border-t border-line px-4 py-3 text-sm break-inside-avoid sm:px-5">
        <h3 className="font-semibold">{t('bandsTitle')}</h3>
        <ul className="mt-1.5 flex flex-wrap gap-x-6 gap-y-1.5">
          {BUDGET_STATES.map((state) => (
            <li key={state} className="inline-flex items-center gap-2">
              <BudgetStateWord state={state} />
              <span className="text-ink-2">{t(`band_${state}`)}</span>
            </li>
          ))}
        </ul>
      </div>
    </Section>
  );
}
