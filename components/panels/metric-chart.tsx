'use client';

import { useTranslations } from 'next-intl';
import { useSyncExternalStore } from 'react';
import {
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { useReader } from '#components/clock/clock.tsx';
import { VerdictWord } from '#components/ui/verdict-badge.tsx';
import type { PanelPoint, PanelSeries, PanelView, PhaseChangeView } from '#lib/dashboard/index.ts';
import { formatAgainst, formatInstant, formatLimit, formatWindow, zoneName } from '#lib/i18n/index.ts';
import {
  changesWithin,
  labelled,
  type SeriesRow,
  seriesRows,
  timeTicks,
  valueTicks,
  violationSpans,
} from './series-rows.ts';

const HEIGHT_PX = 320;
const NARROW_HEIGHT_PX = 240;
// Beyond this many points the warnings' triangles would hide the line; the warning line still tells.
const MOST_TRIANGLES = 120;
const LABEL_APART_SHARE = { wide: 0.05, narrow: 0.14 } as const;
const JST_OFFSET_MS = 9 * 3_600_000;
const DAY_MS = 86_400_000;
const NARROW = '(max-width: 640px)';

/** Whether the chart has the width of a phone. */
function useNarrow(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = window.matchMedia(NARROW);
      query.addEventListener('change', changed);
      return () => query.removeEventListener('change', changed);
    },
    () => window.matchMedia(NARROW).matches,
    () => false,
  );
}

/**
 * One metric over time: the value, its limit (solid) and warning line (dashed), both labelled; violations shaded and
 * marked by shape; phase changes as vertical lines; gaps as gaps.
 */
export function MetricChart({ view, series }: { view: PanelView; series: PanelSeries }) {
  const t = useTranslations();
  const { locale, zone } = useReader();
  const narrow = useNarrow();
  const from = Date.parse(view.from);
  const to = Date.parse(view.to);
  const rows = seriesRows(series.points);
  const ticks = valueTicks(series.points, series.unit);
  const domain: [number, number] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  const height = narrow ? NARROW_HEIGHT_PX : HEIGHT_PX;
  const changes = changesWithin(view.phaseChanges, from, to);
  const apartMs = (to - from) * (narrow ? LABEL_APART_SHARE.narrow : LABEL_APART_SHARE.wide);
  const named = labelled(
    changes.map(({ at }) => Date.parse(at)),
    apartMs,
  );
  const triangles = series.points.length <= MOST_TRIANGLES;
  const newest = series.points.at(-1);
  const latest = series.points.findLast((point) => point.value !== null);
  const violations = series.points.filter((point) => point.verdict === 'violation').length;
  const offset = zone === 'UTC' ? 0 : JST_OFFSET_MS;
  const label = t('panel.chartLabel', {
    metric: series.label[locale],
    range: t(`panel.range_${view.range}`),
    latest:
      latest?.value == null ? t('app.none') : formatAgainst(latest.value, latest.limit, series.unit, locale),
    violations,
  });
  const limitText = newest?.limit == null ? null : formatLimit(newest.limit, series.unit, locale);
  const warnText = newest?.warnAt == null ? null : formatLimit(newest.warnAt, series.unit, locale);

  return (
    <div role="img" aria-label={label} className="[&_.recharts-surface]:overflow-visible">
      <ResponsiveContainer width="100%" height={height} initialDimension={{ width: 640, height }}>
        <ComposedChart
          data={rows}
          accessibilityLayer={false}
          margin={{ top: 22, right: narrow ? 8 : 96, bottom: 0, left: 0 }}
        >
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="at"
            type="number"
            scale="time"
            domain={[from, to]}
            ticks={timeTicks(from, to, offset, narrow ? 4 : 8)}
            tickFormatter={(at: number) => formatInstant(at, tickStyle(at, offset, to - from), locale, zone)}
            tick={{ fill: 'var(--ink-2)', fontSize: 12 }}
            stroke="var(--line-strong)"
            allowDataOverflow
          />
          <YAxis
            domain={domain}
            ticks={ticks}
            tickFormatter={(value: number) => formatLimit(value, series.unit, locale)}
            tick={{ fill: 'var(--ink-2)', fontSize: 12 }}
            width={narrow ? 56 : 72}
            axisLine={false}
            tickLine={false}
          />
          {violationSpans(series.points).map((span) => (
            <ReferenceArea
              key={span.from}
              x1={Math.max(span.from, from)}
              x2={Math.min(span.to, to)}
              fill="var(--bad-line)"
              fillOpacity={0.14}
              ifOverflow="hidden"
            />
          ))}
          {changes.map((change) => (
            <ReferenceLine
              key={change.id}
              x={Date.parse(change.at)}
              stroke="var(--back-line)"
              strokeDasharray="2 3"
              strokeWidth={1.5}
              label={{
                value: named.has(Date.parse(change.at)) ? changeLabel(change) : '',
                position: 'top',
                fill: 'var(--back)',
                fontSize: 12,
                fontWeight: 600,
              }}
            />
          ))}
          <Line
            dataKey="limit"
            type="stepBefore"
            stroke="var(--ink)"
            strokeWidth={1.5}
            dot={false}
            activeDot={false}
            isAnimationActive={false}
          />
          <Line
            dataKey="warnAt"
            type="stepBefore"
            stroke="var(--warn-line)"
            strokeWidth={1.5}
            strokeDasharray="6 4"
            dot={false}
            activeDot={false}
            isAnimationActive={false}
          />
          <Line
            dataKey="value"
            type="linear"
            stroke="var(--series)"
            strokeWidth={2}
            dot={(props) => <ValueDot {...props} alone={isAlone(rows, props.index)} triangles={triangles} />}
            activeDot={{ r: 4, fill: 'var(--series)', stroke: 'var(--surface)', strokeWidth: 2 }}
            connectNulls={false}
            isAnimationActive={false}
          />
          {newest?.limit == null || narrow || limitText === null ? null : (
            <ReferenceLine
              y={newest.limit}
              stroke="none"
              label={{
                value: t('panel.limitLabel', { limit: limitText }),
                position: 'right',
                fill: 'var(--ink)',
                fontSize: 12,
                dy: labelShift(newest, newest.limit, domain),
              }}
            />
          )}
          {newest?.warnAt == null || narrow || warnText === null ? null : (
            <ReferenceLine
              y={newest.warnAt}
              stroke="none"
              label={{
                value: t('panel.warnLabel', { limit: warnText }),
                position: 'right',
                fill: 'var(--warn)',
                fontSize: 12,
                dy: labelShift(newest, newest.warnAt, domain),
              }}
            />
          )}
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--line-strong)' }}
            content={({ active, payload }) => {
              const row: SeriesRow | undefined = active ? payload?.[0]?.payload : undefined;
              return row?.point ? <PointCard series={series} row={row} /> : null;
            }}
          />
        </ComposedChart>
      </ResponsiveContainer>
      <span className="sr-only">{t('panel.axisZone', { zone: zoneName(zone) })}</span>
    </div>
  );
}

const changeLabel = (change: PhaseChangeView): string =>
  change.kind === 'rollback' ? `↩ ${change.toPhase}` : `→ ${change.toPhase}`;

function tickStyle(at: number, offsetMs: number, spanMs: number): 'time' | 'day' {
  if (spanMs > 2 * DAY_MS) return 'day';
  return (at + offsetMs) % DAY_MS === 0 ? 'day' : 'time';
}

// When limit and warning line lie close together their labels would cover each other: they are pushed apart.
const CLOSE = 0.09;
const PUSH_PX = 8;
function labelShift(newest: PanelPoint, line: number, [low, high]: readonly [number, number]): number {
  if (newest.limit === null || newest.warnAt === null) return 0;
  if (Math.abs(newest.limit - newest.warnAt) / (high - low) > CLOSE) return 0;
  const other = line === newest.limit ? newest.warnAt : newest.limit;
  return line > other ? -PUSH_PX : PUSH_PX;
}

function isAlone(rows: readonly SeriesRow[], index: number): boolean {
  return (rows[index - 1]?.value ?? null) === null && (rows[index + 1]?.value ?? null) === null;
}

/** A violation is a filled octagon, a warning a triangle; a point without neighbours a dot, since it has no line. */
function ValueDot(props: {
  cx?: number;
  cy?: number;
  payload?: SeriesRow;
  alone: boolean;
  triangles: boolean;
}) {
  const { cx: x, cy: y, payload, alone, triangles } = props;
  if (x === undefined || y === undefined || payload?.value == null) return <g />;
  if (payload.point?.verdict === 'violation') {
    return <path d={octagon(x, y, 5)} fill="var(--bad-line)" stroke="var(--surface)" strokeWidth={1.5} />;
  }
  if (payload.point?.verdict === 'warn' && triangles) {
    return (
      <path
        d={`M${x} ${y - 4}L${x + 3.8} ${y + 2.8}L${x - 3.8} ${y + 2.8}Z`}
        fill="var(--warn-line)"
        stroke="var(--surface)"
        strokeWidth={1}
      />
    );
  }
  return alone ? <circle cx={x} cy={y} r={2.5} fill="var(--series)" /> : <g />;
}

function octagon(x: number, y: number, radius: number): string {
  const corners = Array.from({ length: 8 }, (_, corner) => {
    const angle = (Math.PI / 4) * (corner + 0.5);
    return `${(x + radius * Math.cos(angle)).toFixed(1)} ${(y + radius * Math.sin(angle)).toFixed(1)}`;
  });
  return `M${corners.join('L')}Z`;
}

function PointCard({ series, row }: { series: PanelSeries; row: SeriesRow }) {
  const t = useTranslations();
  const { locale, zone } = useReader();
  const { point } = row;
  if (!point) return null;
  const lines = [
    [
      t('panel.value'),
      point.value === null ? t('app.none') : formatAgainst(point.value, point.limit, series.unit, locale),
    ],
    [
      t('panel.limit'),
      point.limit === null ? t('limit.none') : formatLimit(point.limit, series.unit, locale),
    ],
    [t('panel.samples'), new Intl.NumberFormat(locale).format(point.samples)],
    [t('panel.phase'), point.phase],
  ];
  return (
    <div className="max-w-64 rounded-md border border-line bg-surface px-3 py-2 text-[13px] shadow-md">
      <p className="text-ink-2 tabular-nums">
        {formatWindow(point.windowStart, point.windowEnd, locale, zone)} {zoneName(zone)}
      </p>
      <VerdictWord verdict={point.verdict} className="mt-1" />
      <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 tabular-nums">
        {lines.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-2">{name}</dt>
            <dd className="text-right font-medium">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-1 text-ink-2 text-pretty">{t(`reason.${point.reason}`)}</p>
    </div>
  );
}
