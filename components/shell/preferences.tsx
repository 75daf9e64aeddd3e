'use client';

import { useTranslations } from 'next-intl';
import { useTheme } from 'next-themes';
import { useEffect, useState, useTransition } from 'react';
import { useReader } from '#components/clock/clock.tsx';
import { Segmented } from '#components/ui/segmented.tsx';
import { LOCALES, ZONES, zoneName } from '#lib/i18n/index.ts';

export type SavePreference = (value: string) => Promise<void>;

const THEMES = ['light', 'dark', 'system'] as const;

export function LanguageSwitch({ save }: { save: SavePreference }) {
  const t = useTranslations('settings');
  const { locale } = useReader();
  const [, start] = useTransition();
  return (
    <Segmented
      label={t('language')}
      value={locale}
      options={LOCALES.map((value) => ({
        value,
        label: t(`${value}Short`),
        name: `${t(`${value}Short`)} ${t(value)}`,
      }))}
      onChange={(value) => start(() => save(value))}
    />
  );
}

export function ZoneSwitch({ save }: { save: SavePreference }) {
  const t = useTranslations('settings');
  const { zone } = useReader();
  const [, start] = useTransition();
  return (
    <Segmented
      label={t('zone')}
      value={zone}
      options={ZONES.map((value) => ({ value, label: zoneName(value) }))}
      onChange={(value) => start(() => save(value))}
    />
  );
}

export function ThemeSwitch() {
  const t = useTranslations('settings');
  const { theme, setTheme } = useTheme();
  // Only the browser knows the choice; until then nothing is pressed.
  const [mounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  const chosen = mounted ? THEMES.find((each) => each === theme) : undefined;
  return (
    <Segmented
      label={t('theme')}
      value={chosen}
      options={THEMES.map((value) => ({ value, label: t(value) }))}
      onChange={setTheme}
      className="w-full"
    />
  );
}
