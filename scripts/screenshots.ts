#!/usr/bin/env node
// Refreshes docs/screenshots from a running demo: npm run screenshots -- [http://localhost:3000]
import { chromium } from 'playwright';
import { findChromium } from './machine/chromium.ts';

const baseURL = process.argv[2] ?? 'http://localhost:3000';
const executablePath = findChromium();
const browser = await chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
const looks = [
  { name: 'desktop', viewport: { width: 1440, height: 1000 } },
  { name: 'phone', viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
];
const pages = { overview: '/', rollout: '/rollouts/autosave', quarantine: '/quarantine', jobs: '/jobs' };

for (const locale of ['en', 'ja']) {
  for (const { name: look, ...device } of looks) {
    const context = await browser.newContext({ baseURL, locale, timezoneId: 'Asia/Tokyo', ...device });
    const page = await context.newPage();
    await page.goto('/signin');
    await page.locator('input[type=email]').fill('duty@demo.phasegate.test');
    await page.locator('input[type=password]').fill('phasegate-demo');
    await page.locator('button[type=submit]').click();
    await page.waitForURL((url) => url.pathname === '/');
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(path);
      await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
      await page.waitForTimeout(1_000); // charts settle
      await page.screenshot({ path: `docs/screenshots/${name}-${locale}-${look}.png` });
    }
    await context.close();
  }
}
await browser.close();
