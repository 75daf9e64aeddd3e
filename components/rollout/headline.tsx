'use client';

import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import type { VerdictLook } from '#components/ui/verdict-badge.tsx';
import type { Headline } from '#lib/dashboard/index.ts';
import { formatAgainst, formatInstant, formatLimit, type MetricUnit, zoneName } from '#lib/i18n/index.ts';

const LOOKS = {
  no_telemetry_yet: 'waiting',
  no_verdict_yet: 'waiting',
  blind: 'blind',
  rollback_required: 'violation',
  rollback_waits: 'violation',
  violation: 'violation',
  insufficient_data: 'insufficient_data',
  warn: 'warn',
  pass: 'pass',
} as const satisfies Record<Headline['code'], VerdictLook>;

export function headlineLook(headline: Headline): VerdictLook {
  return LOOKS[headline.code];
}

type LimitParts = {
  limit: number | null;
  limitKind: 'max' | 'min' | 'below' | 'above' | null;
  unit: MetricUnit;
};

/** A limit in words: `上限 2,500 ms`. */
export function useLimitText(): (parts: LimitParts) => string {
  const t = useTranslations('limit');
  const { locale } = useReader();
  return ({ limit, limitKind, unit }) =>
    limit === null || limitKind === null
      ? t('none')
      : t(limitKind, { limit: formatLimit(limit, unit, locale) });
}

/** The verdict sentence in the reader's language, rendered from its code. */
export function useHeadlineText(): (headline: Headline) => string {
  const t = useTranslations();
  const { locale } = useReader();
  const limitText = useLimitText();
  return ({ code, metric, rollbackTo }) => {
    const needsMetric =
      code === 'rollback_required' || code === 'violation' || code === 'warn' || code === 'insufficient_data';
    if (needsMetric && !metric) return t('headline.generic');
    return t(`headline.${code}`, {
      metric: metric?.label[locale] ?? '',
      value:
        metric?.value == null
          ? t('app.none')
          : formatAgainst(metric.value, metric.limit, metric.unit, locale),
      limit: metric ? limitText(metric) : '',
      reason: metric ? t(`reason.${metric.reason}`) : '',
      phase: rollbackTo ?? '',
      to: rollbackTo ?? 'none',
    });
  };
}

/** Since when the verdict holds. */
export function useSinceText(): (headline: Headline) => string | null {
  const t = useTranslations('headline');
  const { locale, zone } = useReader();
  return ({ code, since, windows }) => {
    if (since === null) return null;
    const at = `${formatInstant(since, 'dayTime', locale, zone)} ${zoneName(zone)}`;
    if (code === 'rollback_waits') return t('seen', { at });
    return code === 'blind' ? t('lastWindow', { at }) : t('since', { at, windows });
  };
}
