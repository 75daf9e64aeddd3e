import { readFile } from 'node:fs/promises';
import { complaints, expect, faults, LOOKS, open, overflow, PHONE, settled, test } from './fixture/index.ts';

const OWN = '/slo?rollout=autosave';

test('tells the committee whether the budgets held before anything else, and what stands worst [DASH-4]', async ({
  browser,
}) => {
  const page = await open(browser, 'governance', { path: OWN });
  await expect(
    page.getByRole('heading', { level: 1, name: 'SLO report of AutoSave by exposure' }),
  ).toBeVisible();
  const answer = page.getByRole('region', { name: 'In one sentence' });
  await expect(answer.getByText(/^(Within|Not within) budget/)).toBeVisible();
  // The worst that the sentence names is the first of the list, with the same number.
  const first = page.getByRole('article').first();
  const name = await first.getAttribute('data-objective');
  await expect(answer.locator('[data-worst]')).toContainText(name ?? 'an objective');
  const meter = first.getByRole('meter', { name: `Budget left of ${name}` });
  const [left] = ((await meter.getAttribute('aria-valuetext')) ?? '').split(',');
  await expect(answer.locator('[data-worst]')).toContainText(left ?? 'a share');
  await expect(first.getByRole('img', { name: new RegExp(`^Burn-down of ${name}`) })).toBeVisible();
  await expect(first.getByRole('table', { name: `Burn-rate alerts of ${name}` })).toBeVisible();
});

test('keeps rollout and month in the address, and names a month a different number from the rolling period [DASH-4]', async ({
  browser,
}) => {
  const page = await open(browser, 'governance', { path: OWN });
  await expect(page.getByText('Last 30 days (rolling)', { exact: true })).toBeVisible();
  const period = page.getByLabel('Period', { exact: true });
  const newest = await period.locator('option').nth(1).getAttribute('value');
  await period.selectOption(newest);
  await expect(page).toHaveURL(new RegExp(`/slo\\?rollout=autosave&month=${newest}$`));
  await expect(page.getByRole('definition').filter({ hasText: '(calendar month' })).toBeVisible();
  // Burn rates are of now: a month has none.
  await expect(page.getByRole('table', { name: /^Burn-rate alerts/ })).toHaveCount(0);
  await page.getByLabel('Rollout', { exact: true }).selectOption({ label: 'AutoSave and precision Merge' });
  await expect(page).toHaveURL(new RegExp(`rollout=autosave-merge&month=${newest}$`));
  await expect(
    page.getByRole('heading', { level: 1, name: 'SLO report of AutoSave and precision Merge' }),
  ).toBeVisible();
  await page.goBack();
  await expect(
    page.getByRole('heading', { level: 1, name: 'SLO report of AutoSave by exposure' }),
  ).toBeVisible();
});

test('logs who decided what, and filters the overrides [DASH-4]', async ({ browser }) => {
  const page = await open(browser, 'governance', { path: OWN });
  const log = page.getByRole('region', { name: 'Decision log' });
  await expect(log.getByText('Rolled back', { exact: true }).first()).toBeVisible();
  await expect(log.getByText('B → A').first()).toBeVisible();
  await log.getByRole('button', { name: /^Overrides only/ }).click();
  await expect(log.getByText('Started', { exact: true })).toBeHidden();
  await log.getByRole('button', { name: /^All/ }).click();
  await expect(log.getByText('Started', { exact: true })).toBeVisible();
});

test('gives the same rows as CSV [DASH-4]', async ({ browser }) => {
  const page = await open(browser, 'governance', { path: OWN });
  const rows = page.getByRole('article');
  const onPage = await rows.count();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Save as CSV' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^slo-autosave-.*\.csv$/);
  const text = await readFile(await download.path(), 'utf8');
  const lines = text.split('\r\n').filter((line) => line.startsWith('objectives,'));
  expect(text.startsWith('\uFEFF')).toBe(true);
  // The page lists apart what was not measured; the file has every objective.
  expect(lines.length).toBeGreaterThanOrEqual(onPage);
  const hash = await page
    .getByText(/^[0-9a-f]{64}$/)
    .last()
    .textContent();
  expect(hash).toHaveLength(64);
});

test('prints as a document: light, without navigation, with everything unfolded [DASH-4]', async ({
  browser,
}) => {
  const page = await open(browser, 'governance', { path: OWN, theme: 'dark' });
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await expect(page.getByRole('banner')).toBeHidden();
  await expect(page.getByRole('navigation').first()).toBeHidden();
  await expect(page.getByRole('button')).toHaveCount(0);
  await expect(page.getByRole('combobox')).toHaveCount(0);
  expect(
    await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--canvas').trim()),
  ).toMatch(/^#fff(fff)?$/i);
  const charts = page.getByRole('img', { name: /^Burn-down of/ });
  const budgets = await page.getByRole('article').count();
  await expect(charts).toHaveCount(budgets);
  for (const chart of await charts.all()) await expect(chart).toBeVisible();
  await expect(page.getByRole('table', { name: /day by day$/ })).toHaveCount(budgets);
  await expect(page.getByText(/^[0-9a-f]{64}$/).last()).toBeVisible();
  expect((await page.pdf({ preferCSSPageSize: true })).subarray(0, 5).toString()).toBe('%PDF-');
});

test('says plainly what it has no report of [DASH-4]', async ({ browser }) => {
  const page = await open(browser, 'governance', { path: '/slo?rollout=nowhere' });
  await expect(page.getByText('There is no rollout called nowhere')).toBeVisible();
  await page.goto(`${OWN}&month=2026-13`);
  await expect(page.getByText('There is no report for 2026-13')).toBeVisible();
  await page.goto(`${OWN}&month=2001-01`);
  await expect(
    page.getByText('Nothing was measured in this period, so no budget can be told.'),
  ).toBeVisible();
  await expect(page.getByText('No objective was measured')).toBeVisible();
});

test('keeps what it shows when the server is away, says so, and goes on [DASH-4, DASH-6]', async ({
  browser,
}) => {
  const page = await open(browser, 'governance', { path: OWN });
  await page.route('**/api/v1/slo?**', (route) => route.fulfill({ status: 503, json: { title: 'away' } }));
  await expect(async () => {
    // Coming back to the page asks anew once what is shown is some seconds old.
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
    await expect(page.getByText('The report could not be loaded')).toBeVisible({ timeout: 4_000 });
  }).toPass();
  await expect(page.getByRole('article').first()).toBeVisible();
  await page.unroute('**/api/v1/slo?**');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('The report could not be loaded')).toBeHidden();
});

for (const { locale, views } of LOOKS) {
  test(`is accessible and fits: ${locale} [DASH-4, DASH-6]`, async ({ browser }) => {
    const page = await open(browser, 'governance', { path: OWN, locale });
    await settled(page);
    const folded = page.locator('article button[aria-expanded=false]:visible');
    while ((await folded.count()) > 0) await folded.first().click();
    expect(await faults(page, views)).toEqual([]);
    await page.setViewportSize({ width: 360, height: PHONE.height });
    expect(await overflow(page), 'on the narrowest phone').toBeLessThanOrEqual(0);
    expect(complaints(page)).toEqual([]);
  });
}
