'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { cx } from '#components/ui/cx.ts';
import { Dialog } from '#components/ui/dialog.tsx';
import { CountBadge } from './count-badge.tsx';
import type { Place } from './places.ts';
import type { usePlaceCounts } from './use-place-counts.ts';

/** On a phone: the ways to the pages that are not daily ones. */
export function MoreSheet({
  open,
  onOpenChange,
  groups,
  here,
  counts,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  groups: readonly { name: string; places: readonly Place[] }[];
  here: Place | undefined;
  counts: ReturnType<typeof usePlaceCounts>;
}) {
  const t = useTranslations('nav');
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('more')} closeLabel={t('close')}>
      <div className="grid gap-4">
        {groups.map(({ name, places }) => (
          <div key={name}>
            <p className="text-[13px] text-ink-2">{name}</p>
            <ul className="mt-1.5 grid grid-cols-2 gap-2">
              {places.map((place) => {
                const Icon = place.icon;
                return (
                  <li key={place.id}>
                    <Link
                      href={place.href}
                      aria-current={place === here ? 'page' : undefined}
                      onClick={() => onOpenChange(false)}
                      className={cx(
                        'flex min-h-12 items-center gap-2.5 rounded-md border px-3 text-sm',
                        place === here ? 'border-accent font-semibold' : 'border-line',
                      )}
                    >
                      <Icon aria-hidden className="size-5 shrink-0 text-ink-3" />
                      {t(place.id)}
                      <CountBadge waiting={counts.get(place.id)} className="ml-auto" />
                    </Link>
                  </li>
                );
              })}
            </ul>
          </div>
        ))}
      </div>
    </Dialog>
  );
}
