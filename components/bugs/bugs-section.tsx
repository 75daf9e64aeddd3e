'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Instant } from '#components/clock/clock.tsx';
import { LoadFailed } from '#components/state/load-failed.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Section } from '#components/ui/card.tsx';
import { OutsideLink } from '#components/ui/outside-link.tsx';
import { bugsQuery } from '#lib/queries/index.ts';
import { ReportBugDialog } from './report-bug-dialog.tsx';

/** Bugs that people reported of a rollout, and the form for another (TEL-9). */
export function BugsSection({ rolloutId, mayReport }: { rolloutId: string; mayReport: boolean }) {
  const t = useTranslations('bugs');
  const { data, error, refetch } = useQuery(bugsQuery(rolloutId));
  const [reporting, setReporting] = useState(false);
  const bugs = data?.bugs ?? [];
  return (
    <Section
      id="bugs"
      title={t('title')}
      aside={mayReport ? <Button onClick={() => setReporting(true)}>{t('report')}</Button> : null}
    >
      {error ? <LoadFailed error={error} retry={refetch} /> : null}
      {data && bugs.length === 0 ? (
        <p className="px-4 py-4 text-sm text-ink-2 sm:px-5">{t('none')}</p>
      ) : (
        <ul className="divide-y divide-line">
          {bugs.map((bug) => (
            <li key={bug.id} className="px-4 py-3 text-sm sm:px-5">
              <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
                <Badge tone={bug.severity === 'critical' ? 'bad' : 'warn'}>
                  {t(`severity_${bug.severity}`)}
                </Badge>
                {bug.title}
                {bug.dryRun ? <span className="font-normal text-ink-2">{t('dryRun')}</span> : null}
              </p>
              {bug.text ? <p className="mt-1 whitespace-pre-wrap break-words">{bug.text}</p> : null}
              <p className="mt-1 text-[13px] text-ink-2">
                <Instant at={bug.reportedAt} /> · {bug.reporterName} · {bug.phase}
                {bug.link ? (
                  <>
                    {' · '}
                    <OutsideLink href={bug.link}>{t('link')}</OutsideLink>
                  </>
                ) : null}
              </p>
            </li>
          ))}
        </ul>
      )}
      {reporting ? <ReportBugDialog rolloutId={rolloutId} onClose={() => setReporting(false)} /> : null}
    </Section>
  );
}
