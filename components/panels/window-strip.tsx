'use client';

import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import type { PanelPoint } from '#lib/dashboard/index.ts';
import type { ChartFrame } from './chart-frame.ts';
import { countMarks, type Mark, markOf, type Stretch } from './chart-span.ts';

const WIDTH = 1000;
const SAMPLES_PX = 22;
const MARKS_PX = 10;

/** What stands for each mark: shape before colour, so that none is told by colour alone. */
const LOOKS: Readonly<Record<Mark, { y: number; height: number; fill: string }>> = {
  pass: { y: 7, height: 3, fill: 'var(--pass-line)' },
  warn: { y: 4, height: 6, fill: 'var(--warn-line)' },
  violation: { y: 0, height: 10, fill: 'var(--bad-line)' },
  insufficient: { y: 3, height: 4, fill: 'var(--none-line)' },
  silent: { y: 9, height: 1, fill: 'var(--none-line)' },
  failed: { y: 0, height: 10, fill: 'var(--ink)' },
};

/**
 * Under a chart, on the same time: how many samples each point has, and how each window came out. Where nothing was judged
 * nothing stands.
 */
export function WindowStrip({
  points,
  shown,
  frame,
  windowMs,
}: {
  points: readonly PanelPoint[];
  shown: Stretch;
  frame: ChartFrame;
  windowMs: number;
}) {
  const t = useTranslations('chart');
  const { locale } = useReader();
  const number = new Intl.NumberFormat(locale, { notation: 'compact' });
  const most = points.reduce((max, { samples }) => Math.max(max, samples), 0);
  const size = shown.to - shown.from;
  const x = (at: number) => Math.min(WIDTH, Math.max(0, ((at - shown.from) / size) * WIDTH));
  const box = (point: PanelPoint) => {
    const from = x(Date.parse(point.windowStart));
    return { from, width: Math.max(0.7, x(Date.parse(point.windowEnd)) - from) };
  };
  const samples = points
    .filter((point) => point.samples > 0)
    .map((point) => {
      const { from, width } = box(point);
      const height = Math.max(1, (point.samples / Math.max(1, most)) * SAMPLES_PX);
      return `M${from.toFixed(1)} ${SAMPLES_PX}v-${height.toFixed(1)}h${width.toFixed(1)}v${height.toFixed(1)}z`;
    })
    .join('');
  const marks = new Map<Mark, string>();
  for (const point of points) {
    const mark = markOf(point);
    const { from, width } = box(point);
    const { y, height } = LOOKS[mark];
    const gap = mark === 'insufficient' ? width * 0.5 : width;
    marks.set(
      mark,
      `${marks.get(mark) ?? ''}M${from.toFixed(1)} ${y}h${gap.toFixed(1)}v${height}h-${gap.toFixed(1)}z`,
    );
  }
  const counts = countMarks(points, shown.to, windowMs);
  return (
    <div className="text-xs text-ink-2">
      <div aria-hidden className="relative" style={{ marginLeft: frame.left, marginRight: frame.right }}>
        <span
          className="absolute top-0 right-full mr-1.5 text-right whitespace-nowrap tabular-nums"
          title={t('samplesTitle')}
        >
          {t('samplesUpTo', { count: number.format(most) })}
        </span>
        <svg
          aria-hidden
          className="block w-full"
          height={SAMPLES_PX}
          viewBox={`0 0 ${WIDTH} ${SAMPLES_PX}`}
          preserveAspectRatio="none"
        >
          <path d={samples} fill="var(--line-strong)" fillOpacity={0.55} />
        </svg>
        <svg
          aria-hidden
          className="mt-1 block w-full border-b border-line"
          height={MARKS_PX}
          viewBox={`0 0 ${WIDTH} ${MARKS_PX}`}
          preserveAspectRatio="none"
        >
          {[...marks].map(([mark, d]) => (
            <path key={mark} d={d} fill={LOOKS[mark].fill} />
          ))}
        </svg>
      </div>
      <ul
        aria-label={t('counts')}
        className="mt-1.5 flex min-h-5 flex-wrap gap-x-4 gap-y-0.5"
        style={{ marginLeft: frame.left }}
      >
        {counts.map(({ mark, count }) => (
          <li key={mark} className="inline-flex items-center gap-1.5 whitespace-nowrap">
            {mark === 'missing' ? null : <MarkSign mark={mark} />}
            {t(`count_${mark}`, { count })}
          </li>
        ))}
      </ul>
    </div>
  );
}

function MarkSign({ mark }: { mark: Mark }) {
  const { y, height, fill } = LOOKS[mark];
  return (
    <svg aria-hidden width="8" height={MARKS_PX} viewBox={`0 0 8 ${MARKS_PX}`} className="shrink-0">
      <rect x="0" y={y} width={mark === 'insufficient' ? 4 : 8} height={height} fill={fill} />
    </svg>
  );
}
