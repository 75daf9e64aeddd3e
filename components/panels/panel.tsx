'use client';

import { useQuery } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { useReader } from '#components/clock/clock.tsx';
import { LoadFailed } from '#components/state/load-failed.tsx';
import { Section } from '#components/ui/card.tsx';
import { cx } from '#components/ui/cx.ts';
import { EmptyState, Skeleton } from '#components/ui/notice.tsx';
import { OutsideLink } from '#components/ui/outside-link.tsx';
import { Segmented } from '#components/ui/segmented.tsx';
import {
  PANEL_RANGES,
  type PanelRange,
  type PanelSeries,
  type PanelView,
  type Text,
} from '#lib/dashboard/index.ts';
import { zoneName } from '#lib/i18n/index.ts';
import { panelQuery } from '#lib/queries/index.ts';
import { Figures } from './figures.tsx';
import { hasGaps } from './series-rows.ts';
import { SeriesTable } from './series-table.tsx';
import { SloSummary } from './slo-summary.tsx';

// The page is useful before the chart code has arrived; the place for it is kept.
const MetricChart = dynamic(() => import('./metric-chart.tsx').then((module) => module.MetricChart), {
  ssr: false,
  loading: () => <Skeleton className="h-60 sm:h-80" />,
});

/** One panel of a rollout: chart with its lines, figures, phase and channel (DASH-1 … DASH-4). */
export function Panel({
  rolloutId,
  panel,
  label,
  kind,
  children,
}: {
  rolloutId: string;
  panel: string;
  label: Text;
  kind: 'metrics' | 'slo';
  /** What stands below the chart, such as the signature. */
  children?: ReactNode;
}) {
  const t = useTranslations('panel');
  const { locale } = useReader();
  const [range, setRange] = useState<PanelRange>(kind === 'slo' ? '7d' : '24h');
  const { data, error, refetch, isPlaceholderData } = useQuery(panelQuery(rolloutId, panel, range));
  return (
    <Section
      id={`panel-${panel}`}
      title={label[locale]}
      aside={
        <Segmented
          label={t('rangeFor', { panel: label[locale] })}
          value={range}
          options={PANEL_RANGES.map((value) => ({ value, label: t(`range_${value}`) }))}
          onChange={setRange}
        />
      }
    >
      {error ? (
        <LoadFailed error={error} retry={refetch} title={t('failed')} stale={data?.to} className="m-4" />
      ) : null}
      {data ? (
        <PanelContent view={data} dimmed={isPlaceholderData} />
      ) : error ? null : (
        <div className="p-4">
          <Skeleton className="h-96" />
        </div>
      )}
      {children}
    </Section>
  );
}

function PanelContent({ view, dimmed }: { view: PanelView; dimmed: boolean }) {
  const t = useTranslations('panel');
  const { zone } = useReader();
  return (
    <div className={cx('transition-opacity', dimmed && 'opacity-60')} aria-busy={dimmed}>
      <div className={cx('grid', view.figures.length > 0 && 'lg:grid-cols-[minmax(0,1fr)_15rem]')}>
        <div className="min-w-0 px-4 py-4 sm:px-5">
          {view.slo ? <SloSummary slo={view.slo} changes={view.phaseChanges} /> : null}
          {view.series.map((series) => (
            <SeriesFigure key={series.metric} view={view} series={series} />
          ))}
        </div>
        {view.figures.length > 0 ? (
          <div className="border-t border-line lg:border-t-0 lg:border-l">
            <Figures figures={view.figures} />
          </div>
        ) : null}
      </div>
      <div className="flex flex-wrap gap-x-5 gap-y-1 border-t border-line px-4 py-2 text-[13px] text-ink-2 sm:px-5">
        <span>
          {t('currentPhase')} <span className="font-semibold text-ink">{view.phase}</span>
        </span>
        {view.channel ? <Channel channel={view.channel} /> : null}
        <span className="ml-auto">{t('axisZone', { zone: zoneName(zone) })}</span>
      </div>
    </div>
  );
}

function Channel({ channel }: { channel: NonNullable<PanelView['channel']> }) {
  const t = useTranslations('panel');
  return (
    <span>
      {t('channel')}{' '}
      {channel.url ? (
        <OutsideLink href={channel.url}>{channel.name}</OutsideLink>
      ) : (
        <span className="font-medium text-ink">{channel.name}</span>
      )}
    </span>
  );
}

function SeriesFigure({ view, series }: { view: PanelView; series: PanelSeries }) {
  const t = useTranslations('panel');
  const { locale } = useReader();
  return (
    <figure className="m-0 not-first:mt-6">
      <figcaption className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <span className="text-sm font-semibold" title={series.description[locale]}>
          {series.label[locale]}
        </span>
        <Legend series={series} />
      </figcaption>
      {series.points.some((point) => point.value !== null) ? (
        <div className="mt-2">
          <MetricChart view={view} series={series} />
        </div>
      ) : (
        <EmptyState title={t('noPoints')}>{t('noPointsText')}</EmptyState>
      )}
      {series.points.length > 0 ? (
        <details className="mt-2 text-sm">
          <summary className="inline-flex min-h-8 items-center rounded text-[13px] text-ink-2 underline underline-offset-2 hover:text-ink">
            {t('showTable')}
          </summary>
          <SeriesTable view={view} series={series} />
        </details>
      ) : null}
    </figure>
  );
}

function Legend({ series }: { series: PanelSeries }) {
  const t = useTranslations('panel');
  const limited = series.points.some((point) => point.limit !== null);
  const gaps = hasGaps(series.points);
  const violated = series.points.some((point) => point.verdict === 'violation');
  return (
    <span aria-hidden className="flex flex-wrap gap-x-4 gap-y-0.5 text-xs text-ink-2">
      <LegendItem line="var(--series)" width={2}>
        {t('legendValue')}
      </LegendItem>
      {limited ? (
        <>
          <LegendItem line="var(--ink)" width={1.5}>
            {t('legendLimit')}
          </LegendItem>
          <LegendItem line="var(--warn-line)" width={1.5} dash="4 3">
            {t('legendWarn')}
          </LegendItem>
        </>
      ) : null}
      {violated ? (
        <span className="inline-flex items-center gap-1.5">
          <svg aria-hidden width="10" height="10" viewBox="0 0 10 10">
            <path d="M3 .5h4L9.500 3v4L7 9.500H3L.5 7V3Z" fill="var(--bad-line)" />
          </svg>
          {t('legendViolation')}
        </span>
      ) : null}
      {gaps ? <span>{t('legendGap')}</span> : null}
    </span>
  );
}

function LegendItem({
  line,
  width,
  dash,
  children,
}: {
  line: string;
  width: number;
  dash?: string;
  children: React.ReactNode;
}) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <svg aria-hidden width="18" height="6" viewBox="0 0 18 6">
        <line x1="0" x2="18" y1="3" y2="3" stroke={line} strokeWidth={width} strokeDasharray={dash} />
      </svg>
      {children}
    </span>
  );
}
