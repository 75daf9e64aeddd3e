'use client';

import { ChevronDown } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { cx } from '#components/ui/cx.ts';
import { closePopoverOf, Popover } from '#components/ui/popover.tsx';
import { CountBadge } from './count-badge.tsx';
import { Keys } from './keys.tsx';
import { isCurrentPlace, type Place, PRIMARY_PLACES } from './places.ts';
import { useMorePlaces } from './use-more-places.ts';
import { usePlaceCounts } from './use-place-counts.ts';

const ENTRY =
  'inline-flex h-14 shrink-0 items-center gap-1.5 border-b-2 px-2 text-sm whitespace-nowrap xl:px-3';
const CURRENT = 'border-accent font-semibold text-ink';
const OTHER = 'border-transparent text-ink-2 hover:border-line-strong hover:text-ink';

/** The ways to all pages on anything wider than a phone: the daily ones in sight, the others in one menu. */
export function Navigation({ showAdmin }: { showAdmin: boolean }) {
  const t = useTranslations('nav');
  const pathname = usePathname();
  const counts = usePlaceCounts();
  return (
    <nav aria-label={t('label')} className="hidden lg:flex xl:ml-2">
      {PRIMARY_PLACES.map((place) => {
        const current = isCurrentPlace(place, pathname);
        return (
          <Link
            key={place.id}
            href={place.href}
            aria-current={current ? 'page' : undefined}
            className={cx(ENTRY, current ? CURRENT : OTHER)}
          >
            {t(place.id)}
            <CountBadge waiting={counts.get(place.id)} />
          </Link>
        );
      })}
      <MorePlaces showAdmin={showAdmin} counts={counts} />
    </nav>
  );
}

function MorePlaces({
  showAdmin,
  counts,
}: {
  showAdmin: boolean;
  counts: ReturnType<typeof usePlaceCounts>;
}) {
  const t = useTranslations('nav');
  const { groups, here } = useMorePlaces(showAdmin);
  return (
    <Popover
      name={t('more')}
      current={here !== undefined}
      align="start"
      className="w-64 p-1.5 text-sm"
      triggerClassName={cx(ENTRY, 'aria-expanded:text-ink', here ? CURRENT : OTHER)}
      trigger={
        <>
          {here ? (
            <>
              <span className="sr-only">{t('more')}: </span>
              {t(here.id)}
            </>
          ) : (
            t('more')
          )}
          <CountBadge waiting={counts.get(here?.id ?? 'quarantine')} />
          <ChevronDown aria-hidden className="size-4 text-ink-3" />
        </>
      }
      onKeyDown={moveByArrow}
    >
      {groups.map(({ name, places }, index) => (
        <div key={name} className={cx(index > 0 && 'mt-1.5 border-t border-line pt-1.5')}>
          <p className="px-2.5 pt-1 pb-1.5 text-xs font-medium text-ink-2">{name}</p>
          <ul>
            {places.map((place) => (
              <li key={place.id}>
                <MenuPlace place={place} current={place === here} waiting={counts.get(place.id)} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </Popover>
  );
}

/** Arrows lead from link to link and round, Home and End to the first and the last. */
function moveByArrow(event: React.KeyboardEvent<HTMLElement>): void {
  const links = [...event.currentTarget.querySelectorAll('a')];
  const focused = document.activeElement;
  const at = focused instanceof HTMLAnchorElement ? links.indexOf(focused) : -1;
  const next =
    event.key === 'ArrowDown'
      ? (at + 1) % links.length
      : event.key === 'ArrowUp'
        ? (Math.max(at, 0) - 1 + links.length) % links.length
        : event.key === 'Home'
          ? 0
          : event.key === 'End'
            ? links.length - 1
            : null;
  if (next === null) return;
  event.preventDefault();
  links[next]?.focus();
}

function MenuPlace({
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
      onClick={(event) => closePopoverOf(event.currentTarget)}
      aria-current={current ? 'page' : undefined}
      className={cx(
        'flex h-10 items-center gap-2.5 rounded-md px-2.5 hover:bg-sunken focus-visible:bg-sunken focus-visible:-outline-offset-2',
        current && 'font-semibold shadow-[inset_2px_0_0_var(--accent)]',
      )}
    >
      <Icon aria-hidden className="size-4.5 shrink-0 text-ink-3" />
      {t(place.id)}
      <CountBadge waiting={waiting} />
      <Keys keys={['g', place.key]} className="ml-auto" />
    </Link>
  );
}
