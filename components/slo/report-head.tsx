'use client';

import { Snowflake, Waves } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Instant, useReader } from '#components/clock/clock.tsx';
import { formatShare } from '#lib/i18n/index.ts';
import { reportFileUrl } from '#lib/queries/index.ts';
import type { SloReport } from '#lib/slo/slo-report.schema.ts';
import { useSloWords, zoneOf } from './use-slo-words.ts';

/** What the report is about and what it rests on: period, coverage, policies, hash. */
export function ReportHead({ report }: { report: SloReport }) {
  const t = useTranslations('slo');
  const { periodName, periodSpan, locale } = useSloWords();
  const { period, snapshot } = report;
  return (
    <dl className="grid grid-cols-[minmax(0,1fr)] gap-x-8 gap-y-3 text-sm sm:grid-cols-2 lg:grid-cols-3 print:grid-cols-2 print:gap-y-2">
      <Fact label={t('period')}>
        <span className="block font-medium">{periodName(period)}</span>
        <span className="block tabular-nums">{periodSpan(period)}</span>
        <span className="block text-[13px] text-ink-2">
          {t('daysText', { zone: zoneOf(report.timezone) })}
        </span>
      </Fact>
      <Fact label={t('coverage')}>
        <Coverage report={report} />
      </Fact>
      <Fact label={t('countedFrom')}>
        {report.countedFrom === null ? (
          t('countedNever')
        ) : (
          <>
            <Instant at={report.countedFrom} style="minute" />
            {report.countedFrom > period.from ? (
              <span className="block text-[13px] text-ink-2">{t('countedFromText')}</span>
            ) : null}
          </>
        )}
      </Fact>
      <Fact label={t('generated')}>
        <Instant at={report.generatedAt} style="minute" />
      </Fact>
      <Fact label={t('policies')}>
        {report.policyVersions.length === 0 ? '—' : null}
        <ul>
          {report.policyVersions.map(({ hash, from }) => (
            <li key={`${hash} ${from}`}>
              <Link
                href="/policy"
                className="font-mono text-[13px] text-accent underline underline-offset-2 print:text-ink print:no-underline"
              >
                {hash.slice(0, 12)}
              </Link>{' '}
              <span className="text-[13px] text-ink-2">
                {t.rich('policySince', { at: () => <Instant at={from} style="minute" /> })}
              </span>
            </li>
          ))}
        </ul>
      </Fact>
      <Fact label={t('contentHash')}>
        <span className="block font-mono text-[13px] break-all">{report.contentSha256.slice(0, 16)}</span>
        <span className="mt-0.5 flex gap-1.5 text-[13px] text-ink-2">
          {snapshot ? (
            <Snowflake aria-hidden className="mt-0.5 size-4 shrink-0" />
          ) : (
            <Waves aria-hidden className="mt-0.5 size-4 shrink-0" />
          )}
          <span className="min-w-0">
            {snapshot ? (
              <a
                href={reportFileUrl(snapshot.path)}
                className="underline underline-offset-2 print:no-underline"
              >
                {t.rich('frozen', { at: () => <Instant at={snapshot.at} style="minute" /> })}
              </a>
            ) : (
              t('moving')
            )}
            {snapshot && snapshot.changedSince.length > 0 ? (
              <span className="mt-0.5 block font-medium text-warn">
                {t('changedSince', {
                  facts: new Intl.ListFormat(locale).format(
                    snapshot.changedSince.map((fact) => t(`fact_${fact}`)),
                  ),
                })}
              </span>
            ) : null}
          </span>
        </span>
      </Fact>
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0 break-inside-avoid">
      <dt className="text-[13px] text-ink-2">{label}</dt>
      <dd className="mt-0.5">{children}</dd>
    </div>
  );
}

function Coverage({ report: { coverage } }: { report: SloReport }) {
  const t = useTranslations('slo');
  const { locale } = useReader();
  const number = new Intl.NumberFormat(locale);
  const { expectedWindows, judgedWindows, toldWindows } = coverage;
  if (expectedWindows === 0) return t('coverageNone');
  const missing = Math.max(0, expectedWindows - judgedWindows);
  const untold = Math.max(0, judgedWindows - toldWindows);
  return (
    <>
      <span className="block tabular-nums">
        {t('coverageText', {
          told: number.format(toldWindows),
          expected: number.format(expectedWindows),
          share: formatShare(toldWindows / expectedWindows, locale),
        })}
      </span>
      <span className="block text-[13px] text-ink-2">
        {missing === 0 && untold === 0
          ? t('unseenNone')
          : t('unseen', { missing: number.format(missing), untold: number.format(untold) })}
      </span>
    </>
  );
}
