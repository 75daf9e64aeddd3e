'use client';

import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import {
  formatAgainst,
  formatInstant,
  formatLimit,
  formatMonth,
  formatShare,
  type MetricUnit,
  zoneName,
} from '#lib/i18n/index.ts';
import type { Budget, SloObjective, SloPeriod } from '#lib/slo/slo-report.schema.ts';

const DAY_SECONDS = 86_400;

/** The zone in which the policy counts days, as people say it. */
export const zoneOf = (timezone: string): string =>
  timezone === 'Asia/Tokyo' ? zoneName('Asia/Tokyo') : timezone;

/** What the report says of objectives, budgets and periods, in the reader's language. */
export function useSloWords() {
  const t = useTranslations('slo');
  const limits = useTranslations('limit');
  const { locale, zone } = useReader();
  const number = new Intl.NumberFormat(locale);

  /** `Save latency P95 in phase A`. */
  const objectiveName = ({ label, phase }: SloObjective): string => t('of', { metric: label[locale], phase });

  const limitText = (limit: SloObjective['limit'], unit: MetricUnit): string =>
    limit === null ? t('limitGone') : limits(limit.kind, { limit: formatLimit(limit.value, unit, locale) });

  /** `Save error rate (limit 0.5 %): at least 99.5 % of events good`. */
  const objectiveSentence = ({ label, limit, unit, basis, budget }: SloObjective): string =>
    t(basis === 'events' ? 'sentenceEvents' : 'sentenceWindows', {
      metric: label[locale],
      limit: limitText(limit, unit),
      target: formatLimit(budget.targetRatio, 'ratio', locale),
    });

  /** A share beside what it is held against; a whole one without needless zeros. */
  const shareText = (ratio: number, against: number): string =>
    ratio === 1 || ratio === 0 ? formatShare(ratio, locale) : formatAgainst(ratio, against, 'ratio', locale);

  /** What is left, with as many digits as it takes not to look spent, or untouched, when it is not. */
  const leftText = (remainingRatio: number | null): string =>
    remainingRatio === null ? t('state_unknown') : shareText(remainingRatio, remainingRatio > 0.5 ? 1 : 0);

  /** How many more could go wrong, or how many too many did; minutes would mean nothing for a share of events. */
  const roomText = ({ allowedBadCount, badCount }: Budget, basis: SloObjective['basis']): string => {
    const room = allowedBadCount - badCount;
    return room >= 0
      ? t(basis === 'events' ? 'roomEvents' : 'roomWindows', { count: Math.floor(room) })
      : t(basis === 'events' ? 'overEvents' : 'overWindows', { count: Math.ceil(-room) });
  };

  /** `October 2026 (calendar month)`; two different numbers are never called the same. */
  const periodName = (period: SloPeriod): string =>
    period.kind === 'rolling'
      ? t('rolling', {
          days: number.format(
            Math.round((Date.parse(period.to) - Date.parse(period.from)) / 1_000 / DAY_SECONDS),
          ),
        })
      : t(period.closed ? 'month' : 'monthOpen', { month: formatMonth(period.month, locale) });

  /** From when to when, in the reader's zone, which is named. */
  const periodSpan = (period: SloPeriod): string =>
    t('fromTo', {
      from: formatInstant(period.from, 'minute', locale, zone),
      to: formatInstant(period.to, 'minute', locale, zone),
      zone: zoneName(zone),
    });

  return {
    objectiveName,
    objectiveSentence,
    leftText,
    shareText,
    roomText,
    periodName,
    periodSpan,
    locale,
    zone,
    number,
  };
}
