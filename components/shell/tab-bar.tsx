'use client';

import { Menu } from 'lucide-react';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { cx } from '#components/ui/cx.ts';
import { CountBadge } from './count-badge.tsx';
import { isCurrentPlace, type Place, PRIMARY_PLACES } from './places.ts';
import { useMorePlaces } from './use-more-places.ts';
import { usePlaceCounts } from './use-place-counts.ts';

// Not part of what a page needs to begin with, but there before anybody presses.
const loadSheet = () => import('./more-sheet.tsx').then((module) => module.MoreSheet);
const MoreSheet = dynamic(loadSheet, { ssr: false });

const TAB =
  'relative flex h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-xs leading-none whitespace-nowrap';

/** On a phone the ways to all pages are at the bottom edge, where the thumb is. */
export function TabBar({ showAdmin }: { showAdmin: boolean }) {
  const t = useTranslations('nav');
  const pathname = usePathname();
  const counts = usePlaceCounts();
  const [open, setOpen] = useState(false);
  // Once it was opened it stays, so that it can give the focus back when it closes.
  const [wanted, setWanted] = useState(false);
  useEffect(() => {
    // Without it the button loads it once more.
    loadSheet().catch(() => undefined);
  }, []);
  const { groups, here } = useMorePlaces(showAdmin);
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
        onClick={() => {
          setWanted(true);
          setOpen(true);
        }}
        className={cx(TAB, here ? 'font-semibold text-accent' : 'text-ink-2')}
      >
        <Marker shown={here !== undefined} />
        <Menu aria-hidden className="size-5" />
        {t('moreShort')}
      </button>
      {wanted ? (
        <MoreSheet open={open} onOpenChange={setOpen} groups={groups} here={here} counts={counts} />
      ) : null}
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
