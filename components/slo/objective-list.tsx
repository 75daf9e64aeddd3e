'use client';

import { CircleDashed } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Section } from '#components/ui/card.tsx';
import { EmptyState } from '#components/ui/notice.tsx';
import type { SloReport } from '#lib/slo/slo-report.schema.ts';
import { ObjectiveCard } from './objective-card.tsx';
import { isCounted } from './report-answer-of.ts';
import { useSloWords } from './use-slo-words.ts';

/** Every objective, least budget first; what was not measured is named at the end, never shown as kept. */
export function ObjectiveList({ report }: { report: SloReport }) {
  const t = useTranslations('slo');
  const { objectiveName, objectiveSentence } = useSloWords();
  const counted = report.objectives.filter(isCounted);
  const rest = report.objectives.filter((objective) => !isCounted(objective));
  return (
    <Section id="slo-objectives" title={t('objectives')}>
      {counted.length === 0 ? (
        <EmptyState title={t('objectivesNone')}>{t('objectivesNoneText')}</EmptyState>
      ) : (
        <div className="divide-y divide-line">
          {counted.map((objective, index) => (
            <ObjectiveCard
              key={`${objective.phase} ${objective.metric}`}
              objective={objective}
              report={report}
              // What stands worst and what fires needs no click.
              initiallyOpen={
                index === 0 ||
                objective.budget.state === 'exhausted' ||
                objective.alerts.some(({ firing }) => firing)
              }
            />
          ))}
        </div>
      )}
      {rest.length > 0 ? (
        <div className="border-t border-line px-4 py-4 sm:px-5">
          <h3 className="text-sm font-semibold">{t('unmeasured')}</h3>
          <ul className="mt-2 grid gap-x-6 gap-y-1.5 text-[13px] md:grid-cols-2">
            {rest.map((objective) => (
              <li
                key={`${objective.phase} ${objective.metric}`}
                className="flex min-w-0 gap-2 text-ink-2 break-inside-avoid"
              >
                <CircleDashed aria-hidden className="mt-0.5 size-4 shrink-0" />
                <span className="min-w-0">
                  <span className="block text-ink">{objectiveName(objective)}</span>
                  {objectiveSentence(objective)}
                </span>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </Section>
  );
}
