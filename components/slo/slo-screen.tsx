'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import { LoadFailed } from '#components/state/load-failed.tsx';
import { Card } from '#components/ui/card.tsx';
import { EmptyState, Notice } from '#components/ui/notice.tsx';
import { formatShare } from '#lib/i18n/index.ts';
import { sloQuery } from '#lib/queries/index.ts';
import type { SloReport } from '#lib/slo/slo-report.schema.ts';
import { AttainmentTable } from './attainment-table.tsx';
import { DecisionLog } from './decision-log.tsx';
import { HowToRead } from './how-to-read.tsx';
import { IncidentTable } from './incident-table.tsx';
import { ObjectiveList } from './objective-list.tsx';
import { PrintFooter, Provenance } from './provenance.tsx';
import { ReportAnswer } from './report-answer.tsx';
import { ReportChooser } from './report-chooser.tsx';
import { ReportHead } from './report-head.tsx';
import type { SloNames } from './slo-names.ts';
import { useSloWords } from './use-slo-words.ts';

// Below this share of told windows the numbers are of a part, and the page says so before them.
const PARTIAL_BELOW_RATIO = 0.95;

/** The committee's report of a rollout (DASH-4): the answer first, then what it rests on; the same on paper. */
export function SloScreen({
  initial,
  month,
  names,
}: {
  initial: SloReport;
  month: string | null;
  names: SloNames;
}) {
  const t = useTranslations('slo');
  const { locale } = useReader();
  const {
    data: report,
    error,
    refetch,
  } = useQuery({
    ...sloQuery(initial.rolloutId, month),
    initialData: initial,
  });
  const { periodName, periodSpan } = useSloWords();
  const { expectedWindows, toldWindows } = report.coverage;
  const share = expectedWindows === 0 ? null : toldWindows / expectedWindows;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5 print:block print:space-y-4" data-slo-report>
      <PrintFooter report={report} />
      <div>
        <h1 className="text-xl font-semibold print:text-2xl">
          {t('documentOf', { rollout: report.label[locale] })}
        </h1>
        <p className="mt-1 hidden text-sm print:block">
          {periodName(report.period)} · {periodSpan(report.period)}
        </p>
        <p className="mt-1 max-w-3xl text-sm text-ink-2 print:hidden">
          {t('lead')}{' '}
          <Link
            href={`/rollouts/${encodeURIComponent(report.rolloutId)}`}
            className="font-medium whitespace-nowrap text-accent underline underline-offset-2"
          >
            {t('toRollout')}
          </Link>
        </p>
      </div>
      <ReportChooser
        rollouts={names.rollouts}
        rolloutId={report.rolloutId}
        month={month}
        months={report.months}
        hasReport
      />
      {error ? (
        <LoadFailed
          error={error}
          retry={refetch}
          title={t('failed')}
          stale={report.generatedAt}
          className="print:hidden"
        />
      ) : null}
      <ReportAnswer report={report} />
      {report.months.length === 0 ? (
        <Notice title={t('noData')}>{t('noDataText')}</Notice>
      ) : share !== null && share > 0 && share < PARTIAL_BELOW_RATIO ? (
        <Notice tone="warn" title={t('partial')} className="break-inside-avoid">
          {t('partialText', { share: formatShare(share, locale) })}
        </Notice>
      ) : null}
      <Card className="px-4 py-4 sm:px-5">
        <ReportHead report={report} />
      </Card>
      <ObjectiveList report={report} />
      <AttainmentTable report={report} />
      <IncidentTable incidents={report.incidents} />
      <DecisionLog report={report} names={names} />
      <HowToRead />
      <Provenance report={report} />
    </div>
  );
}

/** There is no such rollout, or no such month: says so and offers those there are. */
export function NoSuchReport({
  rolloutId,
  month,
  months,
  names,
  missing,
}: {
  rolloutId: string;
  month: string | null;
  months: readonly string[];
  names: SloNames;
  missing: 'rollout' | 'month';
}) {
  const t = useTranslations('slo');
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <h1 className="text-xl font-semibold">{t('title')}</h1>
      <ReportChooser
        rollouts={names.rollouts}
        rolloutId={rolloutId}
        month={missing === 'month' ? month : null}
        months={months}
        hasReport={false}
      />
      <Card>
        {missing === 'rollout' ? (
          <EmptyState title={t('unknownRollout', { rollout: rolloutId })}>
            {t('unknownRolloutText')}
          </EmptyState>
        ) : (
          <EmptyState title={t('unknownMonth', { month: month ?? '' })}>{t('unknownMonthText')}</EmptyState>
        )}
      </Card>
    </div>
  );
}
