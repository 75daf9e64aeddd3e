import './globals.css';
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import type { Metadata, Viewport } from 'next';
import { NextIntlClientProvider } from 'next-intl';
import { getLocale, getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { Providers } from '#components/shell/providers.tsx';
import { TopBar } from '#components/shell/top-bar.tsx';
import { readAttention, readOverview } from '#lib/dashboard/server.ts';
import { isLocale, LOCALES } from '#lib/i18n/index.ts';
import { can } from '#lib/identity/index.ts';
import { currentActor } from '#lib/identity/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { saveLocale, saveZone } from './preferences.ts';

export const dynamic = 'force-dynamic';

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#161a1e' },
  ],
};

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('app');
  return { title: { default: t('name'), template: `%s · ${t('name')}` }, description: t('description') };
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  const [requested, t, actor, { policy }] = await Promise.all([
    getLocale(),
    getTranslations('app'),
    currentActor(),
    loadPolicy(),
  ]);
  const locale = isLocale(requested) ? requested : LOCALES[0];
  const now = new Date();
  const [overview, attention] =
    actor && can(actor, 'view', policy)
      ? await Promise.all([readOverview(now), readAttention(actor, now)])
      : [null, null];
  const person = actor && {
    name: actor.name,
    roles: actor.roles.map((role) => policy.roles[role]?.[locale] ?? role),
  };
  return (
    <html lang={locale} className={`${GeistSans.variable} ${GeistMono.variable}`} suppressHydrationWarning>
      <body className="min-h-dvh antialiased">
        <NextIntlClientProvider>
          <Providers initialNow={now.getTime()} overview={overview} attention={attention}>
            <a
              href="#content"
              className="sr-only z-50 rounded-md bg-accent px-4 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
            >
              {t('skip')}
            </a>
            <TopBar
              person={person}
              showAdmin={actor !== null && can(actor, 'manage_users', policy)}
              saveLocale={saveLocale}
              saveZone={saveZone}
            />
            <main
              id="content"
              tabIndex={-1}
              className="mx-auto max-w-7xl px-4 pt-5 pb-[calc(var(--tab-bar)+1.25rem)] outline-none sm:px-6 sm:pt-6 sm:pb-[calc(var(--tab-bar)+1.5rem)]"
            >
              {children}
            </main>
          </Providers>
        </NextIntlClientProvider>
      </body>
    </html>
  );
}
