'use client';

import { useTranslations } from 'next-intl';
import { Notice } from '#components/ui/notice.tsx';
import type { IncidentPage } from '#lib/dashboard/index.ts';

/** Why an incident cannot be closed yet: every step that is not done with what holds it, and what the closing waits for. */
export function CloseObstacles({ page }: { page: IncidentPage }) {
  const t = useTranslations('incidentPage');
  const { notClosable, steps } = page.detail;
  return (
    <Notice tone="warn" title={t('notYet')}>
      <ul className="mt-1 grid list-disc gap-1 pl-5">
        {notClosable.steps.map((name) => {
          const held = (steps.find(({ step }) => step === name)?.checks ?? []).filter(
            ({ holds, state }) => holds && state === 'no',
          );
          return (
            <li key={name}>
              <span className="text-ink">{t(`step_${name}`)}</span>
              {held.length > 0 ? `: ${held.map(({ check }) => t(`missing_${check}`)).join(' ')}` : null}
            </li>
          );
        })}
        {notClosable.checks.map((check) => (
          <li key={check}>{t(`missing_${check}`)}</li>
        ))}
      </ul>
    </Notice>
  );
}
