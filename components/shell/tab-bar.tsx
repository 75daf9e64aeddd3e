'use client';

import { Menu } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { cx } from '#components/ui/cx.ts';
import { Dialog } from '#components/ui/dialog.tsx';
import { CountBadge } from './count-badge.tsx';
import {
  isCurrentPlace,
  OPERATION_PLACES,
  type Place,
  PRIMARY_PLACES,
  placesFor,
  RECORD_PLACES,
} from './places.ts';
import { usePlaceCounts } from './use-place-counts.ts';

const TAB =
  'relative flex h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-xs leading-none whitespace-nowrap';

/** On a phone the ways to all pages are at the bottom edge, where the thumb is. */
export function TabBar({ showAdmin }: { showAdmin: boolean }) {
  const t = useTranslations('nav');
  const pathname = usePathname();
  const counts = usePlaceCounts();
  const [open, setOpen] = useState(false);
  const groups = [
    { name: t('records'), places: RECORD_PLACES },
    { name: t('operation'), places: placesFor(OPERATION_PLACES, showAdmin) },
  ];
  const here = groups.flatMap(({ places }) => places).find((place) => isCurrentPlace(place, pathname));
  return (
    <nav
      aria-label={t('label')}
      data-tab-bar
      className="fixed inset-x-0 bottom-0 z-30 flex border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden print:hidden"
    >
      {PRIMARY_PLACES.map((place) => (
        <Tab
          key={place.id}
          place={place}
          current={isCurrentPlace(place, pathname)}
          waiting={counts.get(place.id)}
        />
      ))}
      <button
        type="button"
        aria-haspopup="dialog"
        aria-current={here ? 'true' : undefined}
        onClick={() => setOpen(true)}
        className={cx(TAB, here ? 'font-semibold text-accent' : 'text-ink-2')}
      >
        <Marker shown={here !== undefined} />
        <Menu aria-hidden className="size-5" />
        {t('moreShort')}
      </button>
      <Dialog open={open} onOpenChange={setOpen} title={t('more')} closeLabel={t('close')}>
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
                        onClick={() => setOpen(false)}
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
    </nav>
  );
}

function Tab({
  place,
  current,
  waiting,
}: {
  place: Place;
  current: boolean;
  waiting: React.ComponentProps<typeof CountBadge>['waiting'];
}) {
  const t = useTranslations('nav');
  const Icon = place.icon;
  return (
    <Link
      href={place.href}
      aria-current={current ? 'page' : undefined}
      className={cx(TAB, current ? 'font-semibold text-accent' : 'text-ink-2')}
    >
      <Marker shown={current} />
      <Icon aria-hidden className="size-5" />
      {t(`${place.id}Short`)}
      <CountBadge
        waiting={waiting}
        className="absolute top-1 left-1/2 ml-1.5 border border-line px-1 leading-4"
      />
    </Link>
  );
}

/** The mark of the current page; colour alone would not do. */
function Marker({ shown }: { shown: boolean }) {
  return shown ? <span aria-hidden className="absolute inset-x-4 top-0 h-0.5 rounded bg-accent" /> : null;
}
