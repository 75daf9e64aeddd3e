'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Notice } from '#components/ui/notice.tsx';
import { overviewQuery } from '#lib/queries/index.ts';

/** Says that the policy on disk cannot be used and that judging goes on by the one before (PHA-6). */
export function PolicyNotice({ className }: { className?: string }) {
  const t = useTranslations('policyProblem');
  const problems = useQuery(overviewQuery()).data?.policyProblems ?? [];
  if (problems.length === 0) return null;
  return (
    <Notice tone="bad" live title={t('title')} className={className}>
      <p>{t('text')}</p>
      <ul className="mt-2 grid gap-1">
        {problems.map((problem) => (
          <li key={problem} className="font-mono text-xs break-words text-ink">
            {problem}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
