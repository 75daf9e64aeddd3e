'use client';

import { useTranslations } from 'next-intl';
import { type KeyboardEvent, type PointerEvent, useId, useRef, useState } from 'react';
import { useReader } from '#components/clock/clock.tsx';
import { cx } from '#components/ui/cx.ts';
import type { PanelPoint, PanelSeries } from '#lib/dashboard/index.ts';
import { formatAgainst, formatWindow, zoneName } from '#lib/i18n/index.ts';
import { useChartCursor } from './chart-cursor.tsx';
import type { ChartFrame } from './chart-frame.ts';
import { markOf, middleOf, nearestPoint, type Stretch, scaleStretch } from './chart-span.ts';
import { PointCard } from './point-card.tsx';

/** A pointer that has moved less than this was a press, not a drag. Units: px. */
const DRAG_PX = 6;
const NEARER = 0.5;
const FURTHER = 2;
const STRIDE = 8;

export type ChartLayerProps = {
  series: PanelSeries;
  points: readonly PanelPoint[];
  shown: Stretch;
  bounds: Stretch;
  windowMs: number;
  pointMs: number;
  frame: ChartFrame;
  /** The value axis, from bottom to top. */
  domain: readonly [number, number];
  look: (stretch: Stretch | null) => void;
  open: (windowStart: string) => void;
};

/**
 * What is done on a chart, over its drawing: pointing shows a window, dragging looks closely, a click or Enter opens the window.
 * On a touch screen a tap pins, because nothing hovers there. By keyboard it is a slider over the points.
 */
export function ChartLayer(props: ChartLayerProps) {
  const { series, points, shown, frame, domain, look, open } = props;
  const t = useTranslations('chart');
  const { locale, zone } = useReader();
  const { cursor, point } = useChartCursor();
  const [drag, setDrag] = useState<Stretch | null>(null);
  const pressed = useRef<{ x: number; at: number } | null>(null);
  const hintId = useId();
  const size = shown.to - shown.from;
  const share = (at: number) => Math.min(1, Math.max(0, (at - shown.from) / size));
  const index = cursor === null ? -1 : nearestPoint(points, cursor.at, props.pointMs);
  const pointed = points[index];
  const mine = cursor?.owner === series.metric;
  const last = points.length - 1;
  const spoken = pointed ?? points[last];

  const timeOf = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const part = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return shown.from + part * size;
  };
  const pointAt = (at: number, pinned: boolean) => point({ at, owner: series.metric, pinned });
  const pointTo = (next: number) => {
    const target = points[Math.min(last, Math.max(0, next))];
    if (target) pointAt(Date.parse(target.windowEnd), true);
  };
  const zoom = (factor: number) =>
    look(scaleStretch(shown, factor, cursor?.at ?? middleOf(points, shown), props.bounds, props.windowMs));

  function onPointerDown(event: PointerEvent<HTMLElement>) {
    if (event.button !== 0) return;
    pressed.current = { x: event.clientX, at: timeOf(event) };
    event.currentTarget.setPointerCapture(event.pointerId);
  }
  function onPointerMove(event: PointerEvent<HTMLElement>) {
    const at = timeOf(event);
    const start = pressed.current;
    if (start && Math.abs(event.clientX - start.x) > DRAG_PX) setDrag({ from: start.at, to: at });
    if (event.pointerType === 'mouse' && !(cursor?.pinned && !mine)) pointAt(at, false);
  }
  function onPointerUp(event: PointerEvent<HTMLElement>) {
    const start = pressed.current;
    pressed.current = null;
    setDrag(null);
    if (!start) return;
    const at = timeOf(event);
    if (Math.abs(event.clientX - start.x) > DRAG_PX) {
      look(
        scaleStretch(
          { from: Math.min(start.at, at), to: Math.max(start.at, at) },
          1,
          at,
          props.bounds,
          props.windowMs,
        ),
      );
      return;
    }
    const target = points[nearestPoint(points, at, props.pointMs)];
    if (event.pointerType === 'mouse') {
      if (target) open(target.shownStart);
    } else pointAt(at, true);
  }
  function onPointerGone() {
    pressed.current = null;
    setDrag(null);
  }
  function onPointerLeave() {
    if (cursor && !cursor.pinned && pressed.current === null) point(null);
  }
  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = mine && index >= 0 ? index : last;
    const step = event.shiftKey ? STRIDE : 1;
    const acts = new Map<string, () => void>([
      ['ArrowLeft', () => pointTo(mine ? at - step : at)],
      ['ArrowDown', () => pointTo(mine ? at - step : at)],
      ['ArrowRight', () => pointTo(at + step)],
      ['ArrowUp', () => pointTo(at + step)],
      ['Home', () => pointTo(0)],
      ['End', () => pointTo(last)],
      ['Enter', () => spoken && open(spoken.shownStart)],
      ['+', () => zoom(NEARER)],
      ['=', () => zoom(NEARER)],
      ['-', () => zoom(FURTHER)],
      ['0', () => look(null)],
    ]);
    const act = event.key === 'Escape' && cursor ? () => point(null) : acts.get(event.key);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  return (
    <>
      <div
        role="slider"
        tabIndex={0}
        data-chart={series.metric}
        aria-label={t('points', { metric: series.label[locale] })}
        aria-describedby={hintId}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, last)}
        aria-valuenow={index >= 0 ? index : Math.max(0, last)}
        aria-valuetext={spoken ? spokenText(spoken) : t('empty')}
        className={cx(
          'absolute touch-pan-y rounded-sm outline-offset-2 focus-visible:outline-2 focus-visible:outline-accent',
          points.length > 0 ? 'cursor-crosshair' : '',
        )}
        style={{
          left: frame.left,
          right: frame.right,
          top: frame.top,
          height: frame.height - frame.top - frame.bottom,
        }}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={onPointerGone}
        onPointerLeave={onPointerLeave}
        onBlur={() => mine && point(null)}
        onKeyDown={onKeyDown}
      >
        {drag ? (
          <span
            aria-hidden
            className="absolute inset-y-0 border-x border-accent bg-accent/15"
            style={{
              left: `${share(Math.min(drag.from, drag.to)) * 100}%`,
              right: `${(1 - share(Math.max(drag.from, drag.to))) * 100}%`,
            }}
          />
        ) : null}
        {cursor && pointed ? (
          <CursorMark at={share(Date.parse(pointed.windowEnd))} point={pointed} domain={domain} />
        ) : null}
      </div>
      <span id={hintId} className="sr-only">
        {t('hint')}
      </span>
      {mine && cursor && pointed && drag === null ? (
        <PointCard
          series={series}
          point={pointed}
          share={share(Date.parse(pointed.windowEnd))}
          frame={frame}
          windowMs={props.windowMs}
          pinned={cursor.pinned}
          open={() => open(pointed.shownStart)}
          close={() => point(null)}
        />
      ) : null}
    </>
  );

  function spokenText(each: PanelPoint): string {
    const value =
      each.value === null
        ? t(`mark_${markOf(each)}`)
        : formatAgainst(each.value, each.limit, series.unit, locale);
    return t('spoken', {
      window: `${formatWindow(each.windowStart, each.windowEnd, locale, zone)} ${zoneName(zone)}`,
      value,
      verdict: t(`mark_${markOf(each)}`),
      samples: new Intl.NumberFormat(locale).format(each.samples),
    });
  }
}

function CursorMark({
  at,
  point,
  domain: [low, high],
}: {
  at: number;
  point: PanelPoint;
  domain: readonly [number, number];
}) {
  return (
    <span aria-hidden className="pointer-events-none absolute inset-y-0" style={{ left: `${at * 100}%` }}>
      <span className="absolute inset-y-0 border-l border-line-strong" />
      {point.value === null ? null : (
        <span
          className="absolute size-2.5 -translate-x-1/2 translate-y-1/2 rounded-full border-2 border-surface bg-(--series)"
          style={{ bottom: `${((point.value - low) / (high - low)) * 100}%` }}
        />
      )}
    </span>
  );
}
