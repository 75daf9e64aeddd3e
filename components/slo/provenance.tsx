'use client';

import { useTranslations } from 'next-intl';
import { Instant } from '#components/clock/clock.tsx';
import { Section } from '#components/ui/card.tsx';
import type { SloReport } from '#lib/slo/slo-report.schema.ts';
import { useSloWords } from './use-slo-words.ts';

/** Where the report comes from, in full, so that a print can be checked against the page. */
export function Provenance({ report }: { report: SloReport }) {
  const t = useTranslations('slo');
  const { periodSpan } = useSloWords();
  return (
    <Section id="slo-provenance" title={t('provenance')} className="break-inside-avoid">
      <dl className="grid gap-x-8 gap-y-2 px-4 py-4 text-[13px] sm:grid-cols-[auto_minmax(0,1fr)] sm:px-5 print:grid-cols-[auto_minmax(0,1fr)]">
        <dt className="text-ink-2">{t('source')}</dt>
        <dd>{t('sourceText')}</dd>
        <dt className="text-ink-2">{t('rollout')}</dt>
        <dd className="font-mono">{report.rolloutId}</dd>
        <dt className="text-ink-2">{t('period')}</dt>
        <dd className="tabular-nums">{periodSpan(report.period)}</dd>
        <dt className="text-ink-2">{t('generated')}</dt>
        <dd>
          <Instant at={report.generatedAt} style="minute" />
        </dd>
        <dt className="text-ink-2">{t('policies')}</dt>
        <dd>
          {report.policyVersions.length === 0 ? '—' : null}
          {report.policyVersions.map(({ hash, from }) => (
            <span key={`${hash} ${from}`} className="block font-mono break-all">
              {hash}
            </span>
          ))}
        </dd>
        <dt className="text-ink-2">{t('contentHash')} (SHA-256)</dt>
        <dd className="font-mono break-all">{report.contentSha256}</dd>
        {report.snapshot ? (
          <>
            <dt className="text-ink-2">{t('snapshot')}</dt>
            <dd className="break-all">
              <span className="font-mono">{report.snapshot.path}</span>
            </dd>
          </>
        ) : null}
      </dl>
    </Section>
  );
}

// What a style sheet's string cannot hold.
const NOT_IN_STRING = /[\\"<>\n\r]/g;

/** The line at the foot of each printed page: whose report, of when, and its hash; right, the page. */
export function PrintFooter({ report }: { report: SloReport }) {
  const t = useTranslations('slo');
  const { periodName, locale } = useSloWords();
  const line = t('footer', {
    rollout: report.label[locale],
    period: periodName(report.period),
    hash: report.contentSha256.slice(0, 16),
  }).replaceAll(NOT_IN_STRING, ' ');
  return (
    <style>{`@page { @bottom-left { content: "${line}"; } @bottom-right { content: counter(page) " / " counter(pages); } }`}</style>
  );
}
