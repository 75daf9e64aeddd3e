'use client';

import { ChevronLeft, ChevronRight, type LucideIcon, Undo2, ZoomIn, ZoomOut } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import { cx } from '#components/ui/cx.ts';
import type { PanelPoint } from '#lib/dashboard/index.ts';
import { formatInstant, zoneName } from '#lib/i18n/index.ts';
import { isWhole, middleOf, moveStretch, type Stretch, scaleStretch } from './chart-span.ts';

type Tools = {
  points: readonly PanelPoint[];
  shown: Stretch;
  bounds: Stretch;
  windowMs: number;
  look: (stretch: Stretch | null) => void;
  /** What the chart is of: several stand on one page. */
  metric: string;
};

/** Nearer, further, earlier, later and back, for keyboards and thumbs; the places of the buttons do not change. */
export function ChartTools({ points, shown, bounds, windowMs, look, metric }: Tools) {
  const t = useTranslations('chart');
  const whole = isWhole(shown, bounds);
  const middle = middleOf(points, shown);
  const lookAt = (stretch: Stretch) => look(isWhole(stretch, bounds) ? null : stretch);
  const nearest = shown.to - shown.from <= 2 * windowMs;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be a form's
    <div role="group" aria-label={t('tools', { metric })} className="inline-flex">
      <Tool
        icon={ZoomIn}
        label={t('nearer')}
        disabled={nearest}
        act={() => lookAt(scaleStretch(shown, 0.5, middle, bounds, windowMs))}
      />
      <Tool
        icon={ZoomOut}
        label={t('further')}
        disabled={whole}
        act={() => lookAt(scaleStretch(shown, 2, middle, bounds, windowMs))}
      />
      <Tool
        icon={ChevronLeft}
        label={t('earlier')}
        disabled={shown.from <= bounds.from}
        act={() => lookAt(moveStretch(shown, -0.5, bounds, windowMs))}
      />
      <Tool
        icon={ChevronRight}
        label={t('later')}
        disabled={shown.to >= bounds.to}
        act={() => lookAt(moveStretch(shown, 0.5, bounds, windowMs))}
      />
      <Tool icon={Undo2} label={t('reset')} disabled={whole} act={() => look(null)} />
    </div>
  );
}

function Tool({
  icon: Icon,
  label,
  disabled,
  act,
}: {
  icon: LucideIcon;
  label: string;
  disabled: boolean;
  act: () => void;
}) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      // Not the attribute: the focus must not be lost when the end is reached.
      aria-disabled={disabled}
      onClick={() => !disabled && act()}
      className={cx(
        'inline-flex size-8 items-center justify-center rounded max-sm:size-11',
        disabled ? 'cursor-default text-ink-3 opacity-50' : 'text-ink-2 hover:bg-sunken hover:text-ink',
      )}
    >
      <Icon aria-hidden className="size-4" />
    </button>
  );
}

/** Says that only a stretch is shown while new windows keep coming, and leads back. */
export function ZoomedNote({ stretch, back }: { stretch: Stretch; back: () => void }) {
  const t = useTranslations('chart');
  const { locale, zone } = useReader();
  const from = formatInstant(stretch.from, 'dayTime', locale, zone);
  const to = formatInstant(stretch.to, 'dayTime', locale, zone);
  return (
    <p
      role="status"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-accent-soft/60 px-4 py-1.5 text-[13px] sm:px-5"
    >
      <span>{t('zoomed', { from, to: `${to} ${zoneName(zone)}` })}</span>
      <button
        type="button"
        onClick={back}
        className="min-h-8 font-medium text-accent underline underline-offset-2 max-sm:min-h-11"
      >
        {t('reset')}
      </button>
    </p>
  );
}
