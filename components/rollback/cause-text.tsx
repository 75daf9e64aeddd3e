'use client';

import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import { useLimitText } from '#components/rollout/headline.tsx';
import type { CauseMetric, RequiredRollback } from '#lib/dashboard/index.ts';
import { formatAgainst } from '#lib/i18n/index.ts';

/** A metric that asks for a rollback, in words: `保存失敗率 1.20 %（上限 1 %）`. */
export function useMetricText(): (metric: CauseMetric) => string {
  const t = useTranslations('notices');
  const { locale } = useReader();
  const limitText = useLimitText();
  return (metric) =>
    t('metric', {
      metric: metric.label[locale],
      value:
        metric.value === null
          ? t('notMeasured')
          : formatAgainst(metric.value, metric.limit, metric.unit, locale),
      limit: limitText(metric),
    });
}

/** Why a rollback is required, with its metrics. */
export function CauseList({ required }: { required: RequiredRollback }) {
  const t = useTranslations('notices');
  const list = useTranslations('gates');
  const { locale } = useReader();
  const metricText = useMetricText();
  return (
    <div>
      <p>{t(`cause_${required.cause}`)}</p>
      {required.metrics.length > 0 ? (
        <ul className="mt-1 grid gap-0.5 text-ink tabular-nums">
          {required.metrics.map((metric) => (
            <li key={metric.id} className="font-medium">
              {metricText(metric)}{' '}
              <span className="font-normal text-ink-2">{t('samples', { count: metric.samples })}</span>
            </li>
          ))}
        </ul>
      ) : null}
      {required.named.length > 0 ? (
        <p className="mt-1 font-medium text-ink">
          {t('named', { metrics: required.named.map((name) => name[locale]).join(list('separator')) })}
        </p>
      ) : null}
      {required.events.length > 0 ? (
        <ul className="mt-1 grid gap-0.5 text-ink">
          {required.events.map(({ event, count }) => (
            <li key={event} className="font-mono text-[13px] break-all">
              {t('event', { event, count })}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
