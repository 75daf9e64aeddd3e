'use client';

import { useQuery } from '@tanstack/react-query';
import { CircleUser, Settings2 } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { signOut } from 'next-auth/react';
import { useTranslations } from 'next-intl';
import { StopBanner } from '#components/stops/stop-banner.tsx';
import { StopControls } from '#components/stops/stop-controls.tsx';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { cx } from '#components/ui/cx.ts';
import { Popover } from '#components/ui/popover.tsx';
import { attentionQuery, overviewQuery } from '#lib/queries/index.ts';
import { LiveBadge } from './live-badge.tsx';
import { LanguageSwitch, type SavePreference, ThemeSwitch, ZoneSwitch } from './preferences.tsx';

export type Person = { name: string; roles: readonly string[] };

const ICON_BUTTON =
  'inline-flex size-9 shrink-0 items-center justify-center rounded-md text-ink-2 hover:bg-sunken hover:text-ink';

type TopBarProps = {
  person: Person | null;
  showAdmin: boolean;
  saveLocale: SavePreference;
  saveZone: SavePreference;
};

/** The bar on every page: where am I, is it live, how do I want to read it, who am I. */
export function TopBar({ person, showAdmin, saveLocale, saveZone }: TopBarProps) {
  const t = useTranslations();
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-surface">
      <div className="mx-auto flex h-14 max-w-7xl items-center gap-3 px-4 sm:px-6">
        <Link href="/" className="flex items-center gap-2 rounded font-semibold tracking-tight">
          <Mark />
          <span className={cx(person && 'max-[400px]:sr-only')}>{t('app.name')}</span>
        </Link>
        {person ? <Navigation showAdmin={showAdmin} className="ml-3 hidden md:flex" /> : null}
        <div className="ml-auto flex items-center gap-2 sm:gap-3">
          {person ? <StopControls scope="*" /> : null}
          {person ? <LiveBadge /> : null}
          <div className="hidden items-center gap-2 xl:flex">
            <LanguageSwitch save={saveLocale} />
            <ZoneSwitch save={saveZone} />
          </div>
          <Popover
            label={t('settings.display')}
            title={t('settings.display')}
            trigger={<Settings2 aria-hidden className="size-5" />}
            triggerClassName={ICON_BUTTON}
          >
            <div className="mt-3 grid gap-3">
              <Setting label={t('settings.language')}>
                <LanguageSwitch save={saveLocale} />
              </Setting>
              <Setting label={t('settings.zone')}>
                <ZoneSwitch save={saveZone} />
              </Setting>
              <div className="grid gap-1.5 text-sm">
                <span className="text-ink-2">{t('settings.theme')}</span>
                <ThemeSwitch />
              </div>
            </div>
          </Popover>
          {person ? <AccountMenu person={person} /> : null}
        </div>
      </div>
      {person ? (
        <Navigation
          showAdmin={showAdmin}
          className="flex overflow-x-auto border-t border-line px-2 md:hidden"
        />
      ) : null}
      {person ? <StopBanner /> : null}
    </header>
  );
}

function Setting({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="flex items-center justify-between gap-3 text-sm">
      <span className="text-ink-2">{label}</span>
      {children}
    </div>
  );
}

/** Three steps and a gate. */
function Mark() {
  return (
    <svg aria-hidden viewBox="0 0 24 24" className="size-6 text-accent" fill="currentColor">
      <rect x="2" y="14" width="5" height="7" rx="1" opacity=".45" />
      <rect x="9.5" y="9" width="5" height="12" rx="1" opacity=".7" />
      <rect x="17" y="3" width="5" height="18" rx="1" />
    </svg>
  );
}

function Navigation({ showAdmin, className }: { showAdmin: boolean; className?: string }) {
  const t = useTranslations('nav');
  const pathname = usePathname();
  const { data } = useQuery(overviewQuery());
  const openCount = data?.quarantineOpenCount ?? 0;
  const { data: attention } = useQuery(attentionQuery());
  const items = [
    {
      href: '/',
      label: t('overview'),
      count: 0,
      countText: '',
      current: pathname === '/' || pathname.startsWith('/rollouts'),
    },
    {
      href: '/inbox',
      label: t('inbox'),
      count: attention?.tasks.length ?? 0,
      countText: t('inboxCount', { count: attention?.tasks.length ?? 0 }),
      current: pathname.startsWith('/inbox'),
    },
    {
      href: '/incidents',
      label: t('incidents'),
      count: attention?.openIncidentCount ?? 0,
      countText: t('incidentCount', { count: attention?.openIncidentCount ?? 0 }),
      current: pathname.startsWith('/incidents'),
    },
    {
      href: '/quarantine',
      label: t('quarantine'),
      count: openCount,
      countText: t('quarantineCount', { count: openCount }),
      current: pathname.startsWith('/quarantine'),
    },
    {
      href: '/deliveries',
      label: t('deliveries'),
      count: 0,
      countText: '',
      current: pathname.startsWith('/deliveries') || pathname.startsWith('/templates'),
    },
    { href: '/jobs', label: t('jobs'), count: 0, countText: '', current: pathname.startsWith('/jobs') },
    ...(showAdmin
      ? [
          {
            href: '/admin',
            label: t('admin'),
            count: 0,
            countText: '',
            current: pathname.startsWith('/admin'),
          },
        ]
      : []),
  ];
  return (
    <nav aria-label={t('label')} className={className}>
      {items.map((item) => (
        <Link
          key={item.href}
          href={item.href}
          aria-current={item.current ? 'page' : undefined}
          className={cx(
            'inline-flex h-11 shrink-0 items-center gap-1.5 border-b-2 px-3 text-sm whitespace-nowrap md:h-14',
            item.current
              ? 'border-accent font-semibold text-ink'
              : 'border-transparent text-ink-2 hover:border-line-strong hover:text-ink',
          )}
        >
          {item.label}
          {item.count > 0 ? (
            <span className="rounded bg-sunken px-1.5 text-xs font-semibold tabular-nums text-ink-2">
              <span aria-hidden>{item.count}</span>
              <span className="sr-only">{item.countText}</span>
            </span>
          ) : null}
        </Link>
      ))}
    </nav>
  );
}

function AccountMenu({ person }: { person: Person }) {
  const t = useTranslations('settings');
  return (
    <Popover
      label={t('account', { name: person.name })}
      title={person.name}
      trigger={<CircleUser aria-hidden className="size-5" />}
      triggerClassName={ICON_BUTTON}
    >
      <p className="mt-1 text-[13px] text-ink-2">
        {t('roles')}: {person.roles.length > 0 ? person.roles.join(' · ') : t('noRoles')}
      </p>
      {/* A whole new page, so that this menu does not stay open over it. */}
      <a href="/account" className={buttonClass({ size: 'sm' }, 'mt-4 w-full')}>
        {t('accountPage')}
      </a>
      <Button size="sm" className="mt-2 w-full" onClick={() => void signOut({ callbackUrl: '/signin' })}>
        {t('signOut')}
      </Button>
    </Popover>
  );
}
