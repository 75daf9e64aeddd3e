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
  type PanelPoint,
  type PanelRange,
  type PanelSeries,
  type PanelView,
  type Text,
} from '#lib/dashboard/index.ts';
import { zoneName } from '#lib/i18n/index.ts';
import { panelQuery, panelStretchQuery } from '#lib/queries/index.ts';
import { BudgetList } from './budget-list.tsx';
import { chartFrame } from './chart-frame.ts';
import { ChartLayer } from './chart-layer.tsx';
import { isWhole, pointsWithin, type Stretch } from './chart-span.ts';
import { ChartTools, ZoomedNote } from './chart-tools.tsx';
import { Deployments } from './deployments.tsx';
import { Figures } from './figures.tsx';
import { OverviewStrip } from './overview-strip.tsx';
import { PanelRecord } from './panel-record.tsx';
import { hasGaps, valueTicks } from './series-rows.ts';
import { SeriesTable } from './series-table.tsx';
import { SloSummary } from './slo-summary.tsx';
import { type ChartSpan, useChartSpan } from './use-chart-span.ts';
import { useNarrow } from './use-narrow.ts';
import { useOpenWindow } from './use-open-window.ts';
import { WindowStrip } from './window-strip.tsx';

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
  /** What stands below the chart, such as the signature; `seen`: whether there is anything above it to be seen. */
  children?: (seen: boolean) => ReactNode;
}) {
  const t = useTranslations('panel');
  const { locale } = useReader();
  const span = useChartSpan();
  const range = span.range ?? defaultRange(kind);
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
          onChange={span.chooseRange}
        />
      }
    >
      {error ? (
        <LoadFailed error={error} retry={refetch} title={t('failed')} stale={data?.to} className="m-4" />
      ) : null}
      {data ? (
        <PanelContent view={data} dimmed={isPlaceholderData} span={span} />
      ) : error ? null : (
        <div className="p-4">
          <Skeleton className={kind === 'slo' ? 'h-[52rem] sm:h-[40rem]' : 'h-[44rem] sm:h-[32rem]'} />
        </div>
      )}
      {children?.(data !== undefined)}
    </Section>
  );
}

/** The range a panel shows until one is chosen for the page. */
export const defaultRange = (kind: 'metrics' | 'slo'): PanelRange => (kind === 'slo' ? '7d' : '24h');

function PanelContent({ view, dimmed, span }: { view: PanelView; dimmed: boolean; span: ChartSpan }) {
  const t = useTranslations('panel');
  const { zone } = useReader();
  const { stretch } = span;
  const near = useQuery({
    ...panelStretchQuery(view.rolloutId, view.panel, view.range, stretch && apiStretch(stretch)),
    enabled: stretch !== null && needsMore(view, stretch),
  });
  // While more is on its way, what is known of the stretch is shown.
  const drawn = (stretch !== null && near.data) || view;
  return (
    <div className={cx('transition-opacity', dimmed && 'opacity-60')} aria-busy={dimmed}>
      {stretch ? <ZoomedNote stretch={stretch} back={() => span.look(null)} /> : null}
      <div className={cx('grid', view.figures.length > 0 && 'lg:grid-cols-[minmax(0,1fr)_15rem]')}>
        <div className="min-w-0 px-4 py-4 sm:px-5">
          {view.slo ? <BudgetList rolloutId={view.rolloutId} budgets={view.slo.budgets} /> : null}
          {view.slo ? <SloSummary slo={view.slo} changes={view.phaseChanges} /> : null}
          {view.series.map((series, i) => (
            <SeriesFigure
              key={series.metric}
              whole={view}
              overview={series}
              view={drawn}
              series={drawn.series[i] ?? series}
              span={span}
            />
          ))}
        </div>
        {view.figures.length > 0 ? (
          <div className="border-t border-line lg:border-t-0 lg:border-l">
            <Figures figures={view.figures} />
          </div>
        ) : null}
      </div>
      <PanelRecord view={view} />
      <div className="flex flex-wrap gap-x-5 gap-y-1 border-t border-line px-4 py-2 text-[13px] text-ink-2 sm:px-5">
        <span>
          {t('currentPhase')} <span className="font-semibold text-ink">{view.phase}</span>
        </span>
        {view.channel ? <Channel channel={view.channel} /> : null}
        <Deployments deployments={view.deployments} />
        <span className="ml-auto">{t('axisZone', { zone: zoneName(zone) })}</span>
      </div>
    </div>
  );
}

/** Whether the points of the range are too coarse for the stretch, or do not reach it. */
function needsMore(view: PanelView, stretch: Stretch): boolean {
  return (
    view.pointSeconds > view.windowSeconds ||
    stretch.from < Date.parse(view.from) ||
    stretch.to > Date.parse(view.to)
  );
}

const apiStretch = ({ from, to }: Stretch) => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
});

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

function SeriesFigure({
  whole,
  overview,
  view,
  series,
  span,
}: {
  /** The panel over its whole range; `view` is what is drawn of it, `overview` and `series` one metric of each. */
  whole: PanelView;
  overview: PanelSeries;
  view: PanelView;
  series: PanelSeries;
  span: ChartSpan;
}) {
  const t = useTranslations('panel');
  const { locale } = useReader();
  const narrow = useNarrow();
  const openWindow = useOpenWindow();
  const [table, setTable] = useState(false);
  const frame = chartFrame(narrow);
  const windowMs = whole.windowSeconds * 1000;
  const bounds = { from: Date.parse(whole.from), to: Date.parse(whole.to) };
  const shown = span.stretch ?? bounds;
  const points = pointsWithin(series.points, shown);
  const ticks = valueTicks(points, series.unit);
  return (
    <figure className="m-0 not-first:mt-6">
      <figcaption className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <span className="text-sm font-semibold" title={series.description[locale]}>
          {series.label[locale]}
        </span>
        <ChartTools
          points={points}
          shown={shown}
          bounds={bounds}
          windowMs={windowMs}
          look={span.look}
          metric={series.label[locale]}
        />
        <Legend points={points} />
      </figcaption>
      {points.length > 0 ? (
        <>
          <div className="relative mt-1">
            <MetricChart
              view={view}
              series={series}
              points={points}
              shown={shown}
              ticks={ticks}
              frame={frame}
              narrow={narrow}
            />
            <ChartLayer
              series={series}
              points={points}
              shown={shown}
              bounds={bounds}
              windowMs={windowMs}
              pointMs={view.pointSeconds * 1000}
              frame={frame}
              domain={[ticks[0] ?? 0, ticks.at(-1) ?? 1]}
              look={(stretch) => span.look(stretch !== null && isWhole(stretch, bounds) ? null : stretch)}
              open={openWindow.open}
            />
          </div>
          <WindowStrip points={points} shown={shown} frame={frame} windowMs={windowMs} />
        </>
      ) : (
        <EmptyState title={t('noPoints')}>{t('noPointsText')}</EmptyState>
      )}
      {span.stretch ? (
        <OverviewStrip
          points={overview.points}
          shown={shown}
          bounds={bounds}
          windowMs={windowMs}
          frame={frame}
          look={span.look}
        />
      ) : null}
      {points.length > 0 ? (
        <details className="mt-2 text-sm" onToggle={(event) => setTable(event.currentTarget.open)}>
          <summary className="inline-flex min-h-8 items-center rounded text-[13px] text-ink-2 underline underline-offset-2 hover:text-ink max-sm:min-h-11">
            {t('showTable')}
          </summary>
          {/* Hundreds of rows that nobody has asked for would make the page slow. */}
          {table ? <SeriesTable view={view} series={series} points={points} /> : null}
        </details>
      ) : null}
    </figure>
  );
}

function Legend({ points }: { points: readonly PanelPoint[] }) {
  const t = useTranslations('panel');
  const limited = points.some((point) => point.limit !== null);
  const unlimited = [...new Set(points.filter(({ limit }) => limit === null).map(({ phase }) => phase))];
  const gaps = hasGaps(points);
  const violated = points.some((point) => point.verdict === 'violation');
  return (
    <span className="flex w-full flex-wrap gap-x-4 gap-y-0.5 text-xs text-ink-2">
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
      {unlimited.length > 0 ? (
        <span className="text-ink">{t('noLimit', { phases: unlimited.join(', ') })}</span>
      ) : null}
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
