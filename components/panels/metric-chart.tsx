'use client';

import { useTranslations } from 'next-intl';
import {
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  XAxis,
  YAxis,
} from 'recharts';
import { useReader } from '#components/clock/clock.tsx';
import type { PanelPoint, PanelSeries, PanelView, PhaseChangeView } from '#lib/dashboard/index.ts';
import { formatAgainst, formatInstant, formatLimit, zoneName } from '#lib/i18n/index.ts';
import type { ChartFrame } from './chart-frame.ts';
import type { Stretch } from './chart-span.ts';
import {
  changesWithin,
  labelled,
  type SeriesRow,
  seriesRows,
  timeTicks,
  violationSpans,
} from './series-rows.ts';

// Beyond this many points the warnings' triangles would hide the line; the warning line still tells.
const MOST_TRIANGLES = 120;
const LABEL_APART_SHARE = { wide: 0.05, narrow: 0.14 } as const;
const JST_OFFSET_MS = 9 * 3_600_000;
const DAY_MS = 86_400_000;
export type MetricChartProps = {
  view: Pick<PanelView, 'range' | 'phaseChanges' | 'deployments'>;
  series: PanelSeries;
  /** Those of the shown stretch. */
  points: readonly PanelPoint[];
  shown: Stretch;
  /** The marks of the value axis, from bottom to top. */
  ticks: readonly number[];
  frame: ChartFrame;
  narrow: boolean;
};

/**
 * One metric over time: the value, its limit (solid) and warning line (dashed), both labelled; violations shaded and
 * marked by shape; phase changes as vertical lines; gaps as gaps.
 */
export function MetricChart({ view, series, points, shown, ticks, frame, narrow }: MetricChartProps) {
  const t = useTranslations();
  const { locale, zone } = useReader();
  const { from, to } = shown;
  const rows = seriesRows(points);
  const domain: [number, number] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  const { height } = frame;
  const deployments = view.deployments.filter(({ deployedAt }) => {
    const at = Date.parse(deployedAt);
    return at >= from && at <= to;
  });
  const changes = changesWithin(view.phaseChanges, from, to);
  const apartMs = (to - from) * (narrow ? LABEL_APART_SHARE.narrow : LABEL_APART_SHARE.wide);
  const named = labelled(
    changes.map(({ at }) => Date.parse(at)),
    apartMs,
  );
  const namedDeployments = labelled(
    deployments.map(({ deployedAt }) => Date.parse(deployedAt)),
    apartMs,
  );
  const triangles = points.length <= MOST_TRIANGLES;
  const newest = points.at(-1);
  const latest = points.findLast((point) => point.value !== null);
  const violations = points.filter((point) => point.verdict === 'violation').length;
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
          margin={{ top: frame.top, right: frame.right, bottom: 0, left: 0 }}
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
            height={frame.bottom}
            allowDataOverflow
          />
          <YAxis
            domain={domain}
            ticks={[...ticks]}
            tickFormatter={(value: number) => formatLimit(value, series.unit, locale)}
            tick={{ fill: 'var(--ink-2)', fontSize: 12 }}
            width={frame.left}
            axisLine={false}
            tickLine={false}
          />
          {violationSpans(points).map((span) => (
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
          {deployments.map((deployment) => (
            <ReferenceLine
              key={deployment.id}
              x={Date.parse(deployment.deployedAt)}
              stroke="var(--ink-3)"
              strokeDasharray="1 3"
              strokeWidth={1.5}
              label={{
                value: namedDeployments.has(Date.parse(deployment.deployedAt))
                  ? `◆ ${deployment.version}`
                  : '◆',
                position: 'insideBottomLeft',
                fill: 'var(--ink-2)',
                fontSize: 12,
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
