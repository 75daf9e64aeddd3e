'use client';

import { CircleUser, Settings2 } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Shortcuts } from '#components/shortcuts/shortcuts.tsx';
import { StopBanner } from '#components/stops/stop-banner.tsx';
import { StopControls } from '#components/stops/stop-controls.tsx';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { cx } from '#components/ui/cx.ts';
import { Popover } from '#components/ui/popover.tsx';
import { signOutHere } from '#lib/queries/index.ts';
import { Keys } from './keys.tsx';
import { LiveBadge } from './live-badge.tsx';
import { Navigation } from './navigation.tsx';
import { LanguageSwitch, type SavePreference, ThemeSwitch, ZoneSwitch } from './preferences.tsx';
import { SightStrip } from './sight-strip.tsx';
import { TabBar } from './tab-bar.tsx';

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
    <>
      <header className="sticky top-0 z-30 border-b border-line bg-surface print:hidden">
        <div className="mx-auto flex h-14 max-w-[90rem] items-center gap-3 px-4 sm:px-6">
          <Link href="/" className="flex items-center gap-2 rounded font-semibold tracking-tight">
            <Mark />
            <span className={cx(person && 'max-[400px]:sr-only lg:max-xl:sr-only')}>{t('app.name')}</span>
          </Link>
          {person ? <Navigation showAdmin={showAdmin} /> : null}
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
                <p className="hidden items-center justify-between gap-3 text-sm text-ink-2 [@media(hover:hover)]:flex">
                  {t('shortcuts.title')}
                  <Keys keys={['?']} />
                </p>
              </div>
            </Popover>
            {person ? <AccountMenu person={person} /> : null}
          </div>
        </div>
        {person ? <StopBanner /> : null}
        {person ? <SightStrip /> : null}
      </header>
      {person ? <TabBar showAdmin={showAdmin} /> : null}
      {person ? <Shortcuts showAdmin={showAdmin} /> : null}
    </>
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

/** Whatever comes of it, the next page says whether somebody is still signed in. */
async function leave(): Promise<void> {
  await signOutHere().catch(() => undefined);
  window.location.assign('/signin');
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
      <Button size="sm" className="mt-2 w-full" onClick={() => void leave()}>
        {t('signOut')}
      </Button>
    </Popover>
  );
}
