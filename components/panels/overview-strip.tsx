'use client';

import { useTranslations } from 'next-intl';
import { type PointerEvent, useRef } from 'react';
import type { PanelPoint } from '#lib/dashboard/index.ts';
import type { ChartFrame } from './chart-frame.ts';
import { fitStretch, markOf, type Stretch } from './chart-span.ts';

const WIDTH = 1000;
const HEIGHT_PX = 18;

/** The whole range in one line with the shown stretch in it: drag to choose another. Buttons do the same for others. */
export function OverviewStrip({
  points,
  shown,
  bounds,
  windowMs,
  frame,
  look,
}: {
  points: readonly PanelPoint[];
  shown: Stretch;
  bounds: Stretch;
  windowMs: number;
  frame: ChartFrame;
  look: (stretch: Stretch) => void;
}) {
  const t = useTranslations('chart');
  const start = useRef<number | null>(null);
  const size = bounds.to - bounds.from;
  const x = (at: number) => Math.min(WIDTH, Math.max(0, ((at - bounds.from) / size) * WIDTH));
  const path = (wanted: (point: PanelPoint) => boolean) =>
    points
      .filter(wanted)
      .map((point) => {
        const from = x(Date.parse(point.windowStart));
        const width = Math.max(1, x(Date.parse(point.windowEnd)) - from);
        return `M${from.toFixed(1)} 0h${width.toFixed(1)}v${HEIGHT_PX}h-${width.toFixed(1)}z`;
      })
      .join('');
  const timeOf = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return bounds.from + ((event.clientX - box.left) / box.width) * size;
  };
  return (
    <div
      aria-hidden
      data-overview
      title={t('overview')}
      className="relative mt-2 cursor-crosshair touch-pan-y overflow-hidden rounded-sm bg-sunken"
      style={{ marginLeft: frame.left, marginRight: frame.right }}
      onPointerDown={(event) => {
        start.current = timeOf(event);
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerUp={(event) => {
        const from = start.current;
        start.current = null;
        if (from === null) return;
        const to = timeOf(event);
        const half = (shown.to - shown.from) / 2;
        const dragged = Math.abs(to - from) / size > 0.01;
        look(fitStretch(dragged ? { from, to } : { from: to - half, to: to + half }, bounds, windowMs));
      }}
      onPointerCancel={() => {
        start.current = null;
      }}
    >
      <svg
        aria-hidden
        className="block w-full"
        height={HEIGHT_PX}
        viewBox={`0 0 ${WIDTH} ${HEIGHT_PX}`}
        preserveAspectRatio="none"
      >
        <path d={path((point) => point.value !== null)} fill="var(--line)" />
        <path d={path((point) => markOf(point) === 'violation')} fill="var(--bad-line)" />
      </svg>
      <span
        className="absolute inset-y-0 border-x-2 border-accent bg-accent/20"
        style={{ left: `${x(shown.from) / 10}%`, right: `${100 - x(shown.to) / 10}%` }}
      />
    </div>
  );
}
