'use client';

import { CircleCheck, type LucideIcon, OctagonX, RefreshCw } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import { cx } from '#components/ui/cx.ts';
import type { PhaseChangeView } from '#lib/dashboard/index.ts';
import { formatInstant, zoneName } from '#lib/i18n/index.ts';

const LOOKS = {
  proven: { icon: CircleCheck, ink: 'text-pass' },
  pending: { icon: RefreshCw, ink: 'text-ink-2' },
  failed: { icon: OctagonX, ink: 'text-bad' },
} as const satisfies Record<PhaseChangeView['proof'], { icon: LucideIcon; ink: string }>;

/** Whether what is served was read back after a step: `read back 14:03 JST, equal`. A sample's past was never served. */
export function ProofLine({ change }: { change: PhaseChangeView }) {
  const t = useTranslations('proof');
  const app = useTranslations('app');
  const { locale, zone } = useReader();
  if (change.trigger === 'setup' && change.provenAt === change.at) return null;
  const { icon: Icon, ink } = LOOKS[change.proof];
  const at = change.provenAt
    ? `${formatInstant(change.provenAt, 'time', locale, zone)} ${zoneName(zone)}`
    : app('none');
  return (
    <span className={cx('inline-flex items-center gap-1 text-[13px]', ink)}>
      <Icon aria-hidden className="size-3.5 shrink-0" />
      {t(change.proof, { at })}
    </span>
  );
}
