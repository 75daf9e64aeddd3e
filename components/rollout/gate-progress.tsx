'use client';

import { Check, Minus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import { cx } from '#components/ui/cx.ts';
import type { GateProgress, GateRule } from '#lib/dashboard/index.ts';
import { formatSpan } from '#lib/i18n/index.ts';

const MOST_SEGMENTS = 12;

/** How far the streak of a gate has come; windows as segments, a duration as a bar. */
export function GateMeter({ gate }: { gate: GateProgress }) {
  const t = useTranslations('gate');
  const { locale } = useReader();
  if (gate.kind === 'windows_running') {
    return (
      <Meter
        text={t('windows_running', { met: gate.metWindows, needed: gate.neededWindows })}
        met={gate.metWindows}
        needed={gate.neededWindows}
        segments={gate.neededWindows <= MOST_SEGMENTS ? gate.neededWindows : 1}
      />
    );
  }
  if (gate.kind === 'met_for') {
    return (
      <Meter
        text={t('met_for', {
          met: formatSpan(gate.metSeconds, locale),
          needed: formatSpan(gate.neededSeconds, locale),
        })}
        met={gate.metSeconds}
        needed={gate.neededSeconds}
        segments={1}
      />
    );
  }
  return null;
}

function Meter({
  text,
  met,
  needed,
  segments,
}: {
  text: string;
  met: number;
  needed: number;
  segments: number;
}) {
  const done = met >= needed;
  return (
    <div className="grid gap-1.5">
      <span className="inline-flex items-center gap-1.5 text-sm tabular-nums">
        {done ? (
          <Check aria-hidden className="size-4 text-pass" />
        ) : (
          <Minus aria-hidden className="size-4 text-ink-3" />
        )}
        {text}
      </span>
      <span aria-hidden className="flex h-1.5 max-w-64 gap-0.5">
        {segmentShares(met, needed, segments).map(({ place, share }) => (
          <span
            key={place}
            className="relative flex-1 overflow-hidden rounded-sm bg-sunken ring-1 ring-line ring-inset"
          >
            <span
              className={cx('absolute inset-y-0 left-0', done ? 'bg-pass-line' : 'bg-accent')}
              style={{ width: `${share * 100}%` }}
            />
          </span>
        ))}
      </span>
    </div>
  );
}

/** A gate as a rule in words. */
export function useGateText(): (gate: GateRule) => string {
  const t = useTranslations('gate');
  const { locale } = useReader();
  return (gate) => {
    switch (gate.kind) {
      case 'windows_running':
        return t('windowsRule', { needed: gate.neededWindows });
      case 'met_for':
        return t('durationRule', { needed: formatSpan(gate.neededSeconds, locale) });
      case 'no_incident':
        return t(`no_incident_${gate.severity}`);
      case 'checklist':
        return t('checklist');
      case 'signed_off':
        return t('signed_off', { panels: gate.panels.join(', ') });
    }
  };
}

function segmentShares(met: number, needed: number, segments: number): { place: number; share: number }[] {
  return Array.from({ length: segments }, (_, place) => ({
    place,
    share: Math.max(0, Math.min(1, (met / needed) * segments - place)),
  }));
}
