'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Instant, useReader } from '#components/clock/clock.tsx';
import { useLimitText } from '#components/rollout/headline.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { VerdictWord } from '#components/ui/verdict-badge.tsx';
import type { Text, VerdictRow } from '#lib/dashboard/index.ts';
import { formatAgainst } from '#lib/i18n/index.ts';

const SHORT_HASH = 12;

/** Every metric of one verdict: value, limit, samples and reason; then when it was judged and by which policy (ANA-4). */
export function VerdictDetails({ row, labels }: { row: VerdictRow; labels: Readonly<Record<string, Text>> }) {
  const t = useTranslations();
  const { locale } = useReader();
  const limitText = useLimitText();
  const number = new Intl.NumberFormat(locale);
  return (
    <>
      <ul className="grid gap-px overflow-hidden rounded-md border border-line bg-line">
        {row.metrics.map((metric) => (
          <li
            key={metric.metric}
            className="grid gap-x-4 gap-y-0.5 bg-surface px-3 py-2 sm:grid-cols-[minmax(0,2fr)_7rem_minmax(0,2fr)_7rem] sm:items-baseline"
          >
            <span className="font-medium">
              {labels[metric.metric]?.[locale] ?? metric.metric}
              {metric.shadow ? (
                <Badge className="ml-2 h-5 text-xs">
                  <span title={t('verdicts.shadowHint')}>{t('verdicts.shadow')}</span>
                </Badge>
              ) : null}
            </span>
            {metric.limit === null ? (
              <span className="text-ink-2">{t('app.none')}</span>
            ) : (
              <VerdictWord verdict={metric.verdict} />
            )}
            <span>
              <span className="font-semibold">
                {metric.value === null
                  ? t('app.none')
                  : formatAgainst(metric.value, metric.limit, metric.unit, locale)}
              </span>{' '}
              <span className="text-ink-2">
                {limitText({ limit: metric.limit, limitKind: metric.limit_kind, unit: metric.unit })}
              </span>
            </span>
            <span className="text-ink-2">n = {number.format(metric.samples)}</span>
            {metric.limit === null && metric.value !== null ? null : (
              <span className="text-[13px] text-ink-2 sm:col-span-4">{t(`reason.${metric.reason}`)}</span>
            )}
          </li>
        ))}
      </ul>
      <p className="mt-2 flex flex-wrap gap-x-4 text-xs text-ink-2">
        <span>{t.rich('verdicts.judgedAt', { at: () => <Instant at={row.createdAt} /> })}</span>
        <span>{t('verdicts.revisionN', { n: row.revision })}</span>
        {row.revision > 1 ? <span>{t('verdicts.revisedHint')}</span> : null}
        <span className="font-mono">
          <Link
            href={`/policy?version=${row.policyHash}`}
            className="inline-flex min-h-6 items-center underline underline-offset-2 hover:no-underline"
          >
            {t('verdicts.policy', { hash: row.policyHash.slice(0, SHORT_HASH) })}
          </Link>
        </span>
      </p>
    </>
  );
}
