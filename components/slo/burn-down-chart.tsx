'use client';

import { useTranslations } from 'next-intl';
import { useId } from 'react';
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceArea,
  ReferenceLine,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { labelled, timeTicks } from '#components/panels/series-rows.ts';
import { formatDay, formatShare } from '#lib/i18n/index.ts';
import type { SloObjective, SloReport } from '#lib/slo/slo-report.schema.ts';
import {
  type BurnDownRow,
  burnDownRows,
  civilMs,
  DEEPEST_DRAWN,
  isCutOff,
  leftTicks,
} from './burn-down-rows.ts';
import { useSloWords, zoneOf } from './use-slo-words.ts';
import { useWidth } from './use-width.ts';

// What is printed before it was ever drawn on the screen has about the width that others have on a desk.
const PAGE_WIDTH_PX = 848;
const HEIGHT_PX = 260;
const NARROW_PX = 480;
const CRITICAL_RATIO = 0.25;
const LABEL_APART_SHARE = 0.09;
// A narrower part of the chart has no room for its name; the legend tells.
const LABELLED_SHARE = 0.3;
const FONT = { fill: 'var(--ink-2)', fontSize: 12 } as const;

type Props = { objective: SloObjective; report: SloReport };

/**
 * How a budget was spent, day by day: what is left (green above zero, shaded below), the line at which it is gone, the
 * steps of the rollout as vertical lines, days without data as gaps.
 */
export function BurnDownChart({ objective, report }: Props) {
  const t = useTranslations('slo');
  const { objectiveName, leftText, locale } = useSloWords();
  const [ref, width] = useWidth<HTMLDivElement>(PAGE_WIDTH_PX);
  const narrow = width < NARROW_PX;
  const patternId = useId();
  const { period, timezone } = report;
  const from = civilMs(period.from, timezone);
  const to = civilMs(period.to, timezone);
  const countedFrom = report.countedFrom === null ? to : civilMs(report.countedFrom, timezone);
  const rows = burnDownRows(objective.burnDown, [from, to]);
  const ticks = leftTicks(rows);
  const low = ticks[0] ?? 0;
  const steps = report.steps.filter(({ at }) => at >= period.from && at < period.to);
  const moments = steps.map(({ at }) => civilMs(at, timezone));
  const named = labelled(
    moments.toSorted((a, b) => a - b),
    (to - from) * LABEL_APART_SHARE * (narrow ? 2 : 1),
  );
  const counted = objective.burnDown.flatMap(({ remainingRatio }) =>
    remainingRatio === null ? [] : [remainingRatio],
  );
  const label = t('chartLabel', {
    objective: objectiveName(objective),
    from: formatDay(objective.burnDown[0]?.day ?? '1970-01-01', locale),
    to: formatDay(objective.burnDown.at(-1)?.day ?? '1970-01-01', locale),
    left: leftText(counted.at(-1) ?? null),
    lowest: leftText(counted.length === 0 ? null : Math.min(...counted)),
    gaps: objective.burnDown.length - counted.length,
  });
  return (
    <div ref={ref} className="min-w-0">
      <div
        role="img"
        aria-label={label}
        className="[&_.recharts-surface]:overflow-visible print:[&_.recharts-surface]:h-auto print:[&_.recharts-surface]:w-full print:[&_.recharts-wrapper]:h-auto! print:[&_.recharts-wrapper]:w-full!"
      >
        <ComposedChart
          width={width}
          height={HEIGHT_PX}
          data={rows}
          accessibilityLayer={false}
          margin={{ top: 22, right: narrow ? 8 : 84, bottom: 0, left: 0 }}
        >
          <defs>
            <pattern
              id={patternId}
              width="6"
              height="6"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <rect width="6" height="6" fill="var(--bad-soft)" />
              <rect width="2" height="6" fill="var(--bad-line)" />
            </pattern>
          </defs>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="at"
            type="number"
            scale="time"
            domain={[from, to]}
            ticks={timeTicks(from, to, 0, narrow ? 4 : 8)}
            tickFormatter={(at: number) => formatDay(new Date(at).toISOString().slice(0, 10), locale)}
            tick={FONT}
            stroke="var(--line-strong)"
            allowDataOverflow
          />
          <YAxis
            domain={[low, 1]}
            ticks={ticks}
            tickFormatter={(value: number) => formatShare(value, locale)}
            tick={FONT}
            width={60}
            axisLine={false}
            tickLine={false}
            allowDataOverflow
          />
          <Area
            dataKey="above"
            type="linear"
            baseValue={0}
            stroke="none"
            fill="var(--pass-line)"
            fillOpacity={0.18}
            connectNulls={false}
            activeDot={false}
            isAnimationActive={false}
          />
          <Area
            dataKey="below"
            type="linear"
            baseValue={0}
            stroke="none"
            fill={`url(#${patternId})`}
            fillOpacity={0.5}
            connectNulls={false}
            activeDot={false}
            isAnimationActive={false}
          />
          {countedFrom > from ? (
            <ReferenceArea
              x1={from}
              x2={Math.min(countedFrom, to)}
              fill="var(--sunken)"
              fillOpacity={0.8}
              ifOverflow="hidden"
              label={{
                value: (countedFrom - from) / (to - from) > LABELLED_SHARE ? t('notCounted') : '',
                fill: 'var(--ink-2)',
                fontSize: 12,
              }}
            />
          ) : null}
          {steps.map((step, index) => (
            <ReferenceLine
              key={step.id}
              x={moments[index] ?? from}
              stroke={step.kind === 'rollback' ? 'var(--back-line)' : 'var(--line-strong)'}
              strokeDasharray={step.kind === 'rollback' ? '2 3' : '6 3'}
              strokeWidth={1.5}
              label={{
                value: named.has(moments[index] ?? from)
                  ? `${step.kind === 'rollback' ? '↩' : '→'} ${step.toPhase}`
                  : '',
                position: 'top',
                fill: step.kind === 'rollback' ? 'var(--back)' : 'var(--ink-2)',
                fontSize: 12,
                fontWeight: 600,
              }}
            />
          ))}
          <ReferenceLine
            y={CRITICAL_RATIO}
            stroke="var(--warn-line)"
            strokeDasharray="6 4"
            strokeWidth={1.5}
            label={lineLabel(narrow ? '' : t('criticalLine'), 'var(--warn)')}
          />
          <ReferenceLine
            y={0}
            stroke="var(--ink)"
            strokeWidth={1.5}
            label={lineLabel(narrow ? '' : t('spentLine'), 'var(--ink)')}
          />
          <Line
            dataKey="left"
            type="linear"
            stroke="var(--series)"
            strokeWidth={2}
            dot={(props) => <DayDot {...props} />}
            activeDot={{ r: 4, fill: 'var(--series)', stroke: 'var(--surface)', strokeWidth: 2 }}
            connectNulls={false}
            isAnimationActive={false}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--line-strong)' }}
            content={({ active, payload }) => {
              const row: BurnDownRow | undefined = active ? payload?.[0]?.payload : undefined;
              return row?.point ? <DayCard row={row} /> : null;
            }}
          />
        </ComposedChart>
      </div>
      <p className="mt-1 flex flex-wrap gap-x-4 gap-y-0.5 text-xs text-ink-2">
        <span>
          <span aria-hidden className="mr-1.5 inline-block h-0 w-4 border-t-2 border-series align-middle" />
          {t('legendLeft')}
        </span>
        <span>
          <span
            aria-hidden
            className="mr-1.5 inline-block h-0 w-4 border-t-2 border-dashed border-back-line align-middle"
          />
          {t('legendSteps')}
        </span>
        <span>{t('legendGap')}</span>
        {countedFrom > from ? <span>{t('legendNotCounted')}</span> : null}
        <span>{t('dayAxis', { zone: zoneOf(timezone) })}</span>
        {isCutOff(objective.burnDown) ? <span>{t('cutOff')}</span> : null}
      </p>
    </div>
  );
}

const lineLabel = (value: string, fill: string) => ({
  value,
  position: 'right' as const,
  fill,
  fontSize: 12,
});

/** A dot at the end of each counted day; deeper than the chart goes there is none. */
function DayDot({ cx: x, cy: y, payload }: { cx?: number; cy?: number; payload?: BurnDownRow }) {
  if (x === undefined || y === undefined || payload?.point == null || (payload.left ?? 0) < DEEPEST_DRAWN)
    return <g />;
  return <circle cx={x} cy={y} r={2} fill="var(--series)" />;
}

function DayCard({ row: { point } }: { row: BurnDownRow }) {
  const t = useTranslations('slo');
  const { leftText, locale, number } = useSloWords();
  if (!point) return null;
  const lines = [
    [t('left'), leftText(point.remainingRatio)],
    [t('goodEvents'), number.format(point.goodCount)],
    [t('badEvents'), number.format(point.badCount)],
  ];
  return (
    <div className="rounded-md border border-line bg-surface px-3 py-2 text-[13px] shadow-md">
      <p className="text-ink-2">{formatDay(point.day, locale)}</p>
      <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 tabular-nums">
        {lines.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-2">{name}</dt>
            <dd className="text-right font-medium">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
