'use client';

import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import { VerdictWord } from '#components/ui/verdict-badge.tsx';
import type { PanelFigure } from '#lib/dashboard/index.ts';
import { formatAgainst, formatLimit } from '#lib/i18n/index.ts';

/** The figures beside a chart: newest value, its limit where it has one, and the size of its sample. */
export function Figures({ figures }: { figures: readonly PanelFigure[] }) {
  return (
    <dl className="grid grid-cols-2 overflow-hidden sm:grid-cols-3 lg:grid-cols-1">
      {figures.map((figure) => (
        <Figure key={figure.metric} figure={figure} />
      ))}
    </dl>
  );
}

function Figure({ figure }: { figure: PanelFigure }) {
  const t = useTranslations();
  const { locale } = useReader();
  const { latest, unit } = figure;
  const judged = latest !== null && latest.limit !== null;
  return (
    <div className="-mr-px -mb-px border-r border-b border-line px-4 py-2.5">
      <dt className="text-[13px] text-ink-2" title={figure.description[locale]}>
        {figure.label[locale]}
      </dt>
      <dd className="mt-0.5">
        {latest === null ? (
          <span className="text-sm text-ink-2">{t('panel.notMeasured')}</span>
        ) : (
          <>
            <span className="flex flex-wrap items-baseline justify-between gap-x-3">
              <span className="text-lg leading-tight font-semibold tabular-nums">
                {latest.value === null
                  ? t('app.none')
                  : formatAgainst(latest.value, latest.limit, unit, locale)}
              </span>
              {judged ? <VerdictWord verdict={latest.verdict} className="text-[13px]" /> : null}
            </span>
            <span className="text-xs text-ink-2 tabular-nums">
              {latest.limit === null
                ? ''
                : `${t('panel.limitLabel', { limit: formatLimit(latest.limit, unit, locale) })} · `}
              {latest.value === null
                ? t(`reason.${latest.reason}`)
                : t('panel.samplesShort', { count: new Intl.NumberFormat(locale).format(latest.samples) })}
            </span>
          </>
        )}
      </dd>
    </div>
  );
}
