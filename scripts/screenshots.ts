#!/usr/bin/env node
// Refreshes docs/screenshots from a running demo: npm run screenshots -- [http://localhost:3000] [--out docs/screenshots]
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BrowserContext, chromium, type Page } from 'playwright';
import { z } from 'zod';
import { findChromium } from './machine/chromium.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string', default: 'docs/screenshots' }, only: { type: 'string' } },
});
const baseURL = positionals[0] ?? 'http://localhost:3000';
const folder = values.out;

const DESKTOP = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

const LOCALES = ['en', 'ja'] as const;
const WordsSchema = z.record(z.string(), z.record(z.string(), z.unknown()));
type Words = z.infer<typeof WordsSchema>;

type Shot = {
  name: string;
  path: string;
  /** Who looks; the demo's duty engineer unless told, nobody where null. */
  who?: string | null;
  /** What is done before it is drawn. Nothing that changes anything. */
  before?: (page: Page, words: Words) => Promise<void>;
  /** Only on this device; on both unless told. */
  device?: 'desktop' | 'phone';
  /** In dark as well: where the colours tell something. */
  dark?: boolean;
};

/** Opens the first dialog of the page whose button has the name that the pages' texts give it, such as `stops.open`. */
const press = (key: `${string}.${string}`) => async (page: Page, words: Words) => {
  const [room = '', name = ''] = key.split('.');
  const text = z.string().parse(words[room]?.[name]);
  // What stands in braces is only known on the page.
  const pattern = text.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{\w+\}/g, '.+');
  await page
    .getByRole('button', { name: new RegExp(`^${pattern}$`) })
    .first()
    .click();
  await page.getByRole('dialog').waitFor();
};

const SHOTS: readonly Shot[] = [
  { name: 'overview', path: '/', dark: true },
  { name: 'rollout', path: '/rollouts/autosave', dark: true },
  { name: 'rollout-merge', path: '/rollouts/autosave-merge', device: 'desktop' },
  { name: 'rollback', path: '/rollouts/autosave', before: press('rollback.actionTo'), dark: true },
  { name: 'stop', path: '/stops', who: 'sre', before: press('stops.open'), device: 'phone' },
  { name: 'inbox', path: '/inbox' },
  { name: 'incidents', path: '/incidents' },
  { name: 'slo', path: '/slo', dark: true },
  { name: 'deliveries', path: '/deliveries' },
  { name: 'quarantine', path: '/quarantine' },
  { name: 'policy', path: '/policy', device: 'desktop' },
  { name: 'audit', path: '/audit' },
  { name: 'templates', path: '/templates', device: 'desktop' },
  { name: 'jobs', path: '/jobs' },
  { name: 'stops', path: '/stops' },
  { name: 'admin', path: '/admin', who: 'admin' },
  { name: 'account', path: '/account', device: 'desktop' },
  { name: 'signin', path: '/signin', who: null },
  { name: 'forbidden', path: '/admin', who: 'viewer', device: 'desktop' },
  { name: 'not-found', path: '/nothing-here', device: 'phone' },
  {
    name: 'offline',
    path: '/',
    before: async (page) => {
      await page.context().setOffline(true);
      await page.locator('[data-sight]').waitFor({ timeout: 30_000 });
    },
  },
  {
    name: 'shortcuts',
    path: '/',
    device: 'desktop',
    before: async (page) => {
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'menu',
    path: '/',
    device: 'phone',
    before: press('nav.moreShort'),
  },
];

const sessions = new Map<string, Awaited<ReturnType<BrowserContext['cookies']>>>();

/** Signs in as one of the demo's accounts, as the form does. */
async function signIn(context: BrowserContext, who: string): Promise<void> {
  const known = sessions.get(who);
  if (known) return context.addCookies(known);
  const { csrfToken } = (await (await context.request.get('/api/auth/csrf')).json()) as { csrfToken: string };
  await context.request.post('/api/auth/callback/credentials', {
    headers: { origin: new URL(baseURL).origin },
    form: { csrfToken, email: `${who}@demo.phasegate.test`, password: 'phasegate-demo', json: 'true' },
  });
  sessions.set(who, await context.cookies());
}

async function draw(page: Page, shot: Shot, file: string, words: Words): Promise<void> {
  await page.goto(shot.path, { timeout: 120_000 });
  await page.getByRole('heading', { level: 1 }).waitFor({ timeout: 60_000 });
  if (shot.who !== null && shot.path !== '/nothing-here')
    await page.locator('[data-live=live]').waitFor({ timeout: 60_000 });
  await page.waitForFunction(() => document.querySelector('main [aria-hidden].animate-pulse') === null);
  await shot.before?.(page, words);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(400); // charts measure themselves once more
  await page.screenshot({ path: join(folder, file), animations: 'disabled', caret: 'hide' });
}

const executablePath = findChromium();
const browser = await chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
await mkdir(folder, { recursive: true });
const failed: string[] = [];
for (const locale of LOCALES) {
  const words = WordsSchema.parse(
    JSON.parse(await readFile(new URL(`../messages/${locale}.json`, import.meta.url), 'utf8')),
  );
  for (const [device, options] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    for (const shot of SHOTS) {
      if (shot.device !== undefined && shot.device !== device) continue;
      if (values.only !== undefined && values.only !== shot.name) continue;
      for (const colorScheme of shot.dark ? (['light', 'dark'] as const) : (['light'] as const)) {
        const file = `${shot.name}-${locale}-${device}${colorScheme === 'dark' ? '-dark' : ''}.png`;
        const context = await browser.newContext({
          ...options,
          baseURL,
          locale,
          colorScheme,
          timezoneId: 'Asia/Tokyo',
          reducedMotion: 'reduce',
        });
        try {
          if (shot.who !== null) await signIn(context, shot.who ?? 'duty');
          await draw(await context.newPage(), shot, file, words);
        } catch (error) {
          failed.push(`${file}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
        }
        await context.close();
      }
    }
  }
}
await browser.close();

const files = (await readdir(folder)).filter((name) => name.endsWith('.png'));
const sizes = await Promise.all(files.map(async (name) => (await stat(join(folder, name))).size));
const totalMb = sizes.reduce((sum, size) => sum + size, 0) / 1e6;
console.log(`${files.length} screenshots in ${folder}, ${totalMb.toFixed(1)} MB`);
for (const failure of failed) console.error(`not drawn: ${failure}`);
if (failed.length > 0) process.exitCode = 1;
