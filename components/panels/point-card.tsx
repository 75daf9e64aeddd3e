'use client';

import { X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import { Button } from '#components/ui/button.tsx';
import { cx } from '#components/ui/cx.ts';
import { VerdictWord } from '#components/ui/verdict-badge.tsx';
import type { PanelPoint, PanelSeries } from '#lib/dashboard/index.ts';
import { formatAgainst, formatLimit, formatWindow, zoneName } from '#lib/i18n/index.ts';
import type { ChartFrame } from './chart-frame.ts';

/** What one point of a chart says, beside the cursor; pinned, it has a button that opens the window. */
export function PointCard({
  series,
  point,
  share,
  frame,
  windowMs,
  pinned,
  open,
  close,
}: {
  series: PanelSeries;
  point: PanelPoint;
  /** Where the cursor is, from left to right. */
  share: number;
  frame: ChartFrame;
  windowMs: number;
  pinned: boolean;
  open: () => void;
  close: () => void;
}) {
  const t = useTranslations();
  const { locale, zone } = useReader();
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
  const plot = `(100% - ${frame.left + frame.right}px)`;
  const left = share < 0.5;
  return (
    <div
      data-point-card
      className={cx(
        'absolute z-20 w-64 max-w-[calc(100%-1rem)] rounded-md border border-line bg-surface px-3 py-2 text-[13px] shadow-md',
        'max-sm:!left-2 max-sm:!right-auto max-sm:!top-full',
        pinned ? '' : 'pointer-events-none',
      )}
      style={{
        top: frame.top,
        ...(left
          ? { left: `calc(${frame.left}px + ${plot} * ${share} + 12px)` }
          : { right: `calc(${frame.right}px + ${plot} * ${1 - share} + 12px)` }),
      }}
    >
      <div className="flex items-start justify-between gap-2">
        <p className="text-ink-2 tabular-nums">
          {formatWindow(point.windowStart, point.windowEnd, locale, zone)} {zoneName(zone)}
        </p>
        {pinned ? (
          // The chart keeps the focus, where Escape and Enter do the same: a press here must not take it away.
          <button
            type="button"
            aria-label={t('app.close')}
            tabIndex={-1}
            onMouseDown={(event) => event.preventDefault()}
            onClick={close}
            className="-m-1 inline-flex size-8 shrink-0 items-center justify-center rounded text-ink-2 hover:bg-sunken"
          >
            <X aria-hidden className="size-4" />
          </button>
        ) : null}
      </div>
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
      {point.windows > 1 ? (
        <p className="mt-1 text-ink-2 text-pretty">
          {t('chart.worstOf', {
            count: point.windows,
            window: formatWindow(
              point.shownStart,
              new Date(Date.parse(point.shownStart) + windowMs).toISOString(),
              locale,
              zone,
            ),
          })}
        </p>
      ) : null}
      {pinned ? (
        <Button
          size="sm"
          className="mt-2 w-full max-sm:h-11"
          tabIndex={-1}
          onMouseDown={(event) => event.preventDefault()}
          onClick={open}
        >
          {t('chart.openWindow')}
        </Button>
      ) : null}
    </div>
  );
}
