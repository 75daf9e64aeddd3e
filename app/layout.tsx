import './globals.css';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import type { Metadata, Viewport } from 'next';
import { unstable_rethrow } from 'next/navigation';
import { NextIntlClientProvider } from 'next-intl';
import { getLocale, getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { Providers } from '#components/shell/providers.tsx';
import { TopBar } from '#components/shell/top-bar.tsx';
import { ServerTrouble } from '#components/state/server-trouble.tsx';
import { log } from '#lib/config/server.ts';
import { readShell as readBeginning } from '#lib/dashboard/server.ts';
import { isLocale, LOCALES, type Locale } from '#lib/i18n/index.ts';
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

/** What the shell says of its reader and of the system. Errors: the database's, PolicyError. */
async function readShell(now: Date, locale: Locale) {
  const [actor, { policy }] = await Promise.all([currentActor(), loadPolicy()]);
  const { overview, attention } =
    actor && can(actor, 'view', policy)
      ? await readBeginning(actor, now)
      : { overview: null, attention: null };
  const person = actor && {
    name: actor.name,
    roles: actor.roles.map((role) => policy.roles[role]?.[locale] ?? role),
  };
  return {
    person,
    overview,
    attention,
    showAdmin: actor !== null && can(actor, 'manage_users', policy),
    trouble: null,
  };
}

// A database that hangs refuses nothing; without a limit the reader would look at an empty window.
const SHELL_LIMIT_MS = 10_000;

/** What `work` comes to. Errors: its own, and one when it has not ended within `limitMs`. */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = sleep(limitMs, undefined, { signal: over.signal }).then(() => {
    throw new Error(`no answer within ${limitMs} ms`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}

/** As `readShell`; what goes wrong is logged and told with its id, in the reader's language, instead of a bare 500. */
async function readShellOrTrouble(now: Date, locale: Locale) {
  try {
    return await within(SHELL_LIMIT_MS, readShell(now, locale));
  } catch (error) {
    unstable_rethrow(error);
    const trouble = randomUUID();
    log('page').error({ err: error, requestId: trouble }, 'the shell of a page could not be read');
    return { person: null, overview: null, attention: null, showAdmin: false, trouble };
  }
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  const [requested, t] = await Promise.all([getLocale(), getTranslations('app')]);
  const locale = isLocale(requested) ? requested : LOCALES[0];
  const now = new Date();
  const { person, overview, attention, showAdmin, trouble } = await readShellOrTrouble(now, locale);
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
            <TopBar person={person} showAdmin={showAdmin} saveLocale={saveLocale} saveZone={saveZone} />
            <main
              id="content"
              tabIndex={-1}
              className="mx-auto max-w-7xl px-4 pt-5 pb-[calc(var(--tab-bar)+1.25rem)] outline-none sm:px-6 sm:pt-6 sm:pb-[calc(var(--tab-bar)+1.5rem)]"
            >
              {trouble === null ? children : <ServerTrouble id={trouble} />}
            </main>
          </Providers>
        </NextIntlClientProvider>
      </body>
    </html>
  );
}
