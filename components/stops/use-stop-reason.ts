'use client';

import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import { formatShare } from '#lib/i18n/index.ts';
import type { Stop } from '#lib/rollouts/index.ts';

/** Why something was stopped: a person's own words, or what a condition found, in the reader's language. */
export function useStopReason(): (stop: Pick<Stop, 'reason' | 'rule' | 'cause'>) => string {
  const t = useTranslations('stops');
  const { locale } = useReader();
  return ({ reason, rule, cause }) => {
    if (cause === null) return reason;
    const { code, values } = cause;
    if (code === 'outside') {
      const where = t(values.source === 'environment' ? 'outside_environment' : 'outside_file');
      return `${reason} · ${where}`;
    }
    const share = (value: string | number | undefined) => formatShare(Number(value ?? 0), locale);
    const found = t(`because_${code}`, {
      ...values,
      ...(code === 'database_connections' ? { share: share(values.share), limit: share(values.limit) } : {}),
    });
    return rule?.label ? t('byCondition', { rule: rule.label[locale], found }) : found;
  };
}
