import { Client } from 'pg';
import type { Page } from 'playwright/test';
import { readRuntime } from '../scripts/machine/instance.ts';
import { openIncident } from './fixture/incident.ts';
import { expect, open, PHONE, test, violations } from './fixture/index.ts';

/** Has every reading of rollouts wait, as a database that hangs would; what it returns ends that. */
async function hangDatabase(): Promise<() => Promise<void>> {
  const connectionString = readRuntime('demo')?.databaseUrl;
  if (!connectionString) throw new Error('no demo runs');
  const client = new Client({ connectionString });
  await client.connect();
  await client.query('BEGIN');
  await client.query('LOCK TABLE rollout IN ACCESS EXCLUSIVE MODE');
  return () => client.end();
}

/** Has the page ask for everything once more. */
async function askAgain(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Update status: / }).click();
  const panel = page.getByRole('dialog', { name: 'Update status' });
  await panel.getByRole('button', { name: 'Pause updates' }).click();
  await panel.getByRole('button', { name: 'Resume updates' }).click();
  await page.keyboard.press('Escape');
}

test('tells the reader of a database that hangs, and loads by itself once it is back [DASH-7]', async ({
  browser,
}) => {
  const before = await open(browser, 'viewer', { path: '/' });
  const after = await open(browser, 'viewer', { path: '/account', size: PHONE });
  const goOn = await hangDatabase();
  try {
    await askAgain(before);
    await after.goto('/');
    await expect(after.getByRole('heading', { name: 'The server cannot read its data' })).toBeVisible();
    expect(await violations(after)).toEqual([]);
    const late = before.getByRole('status').filter({ hasText: 'It could not be loaded' });
    await expect(late).toContainText('The server has not answered for 20 s', { timeout: 40_000 });
    await expect(late, 'and how old the rest is').toContainText('What you see is from');
    await expect(before.locator('[data-live]'), 'an open line is not life').toHaveAttribute(
      'data-live',
      'unread',
    );
    await expect(before.getByRole('button', { name: /^Update status: Not updating/ })).toContainText(
      'last data',
    );
    await expect(before.locator('[data-sight]')).toContainText(
      /The server cannot read its data\. What you see is as of .+ JST/,
    );
  } finally {
    await goOn();
  }
  await expect(after.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  await expect(before.getByText('It could not be loaded')).toBeHidden();
  await expect(before.locator('[data-live]')).toHaveAttribute('data-live', 'live');
});

test('shows apart from health and from trouble that it is blind, and that a verdict is late [DASH-7]', async ({
  browser,
}) => {
  const page = await open(browser, 'viewer', { path: '/' });
  const strip = page.locator('[data-sight]');
  await expect(strip).toHaveCount(0);
  for (const [sight, says] of [
    [{ state: 'seeing', cause: 'late' }, 'The verdict is late. A closed window waits for its verdict.'],
    [{ state: 'blind', cause: 'unjudged' }, 'Phasegate cannot see. Telemetry arrives but is not judged.'],
  ] as const) {
    // Twenty minutes without a verdict are too long to wait for here; lib/dashboard tests when it says so.
    await page.route('**/api/v1/overview', async (route) => {
      const response = await route.fetch();
      const overview = await response.json();
      await route.fulfill({ response, json: { ...overview, sight: { ...overview.sight, ...sight } } });
    });
    await askAgain(page);
    await expect(strip).toContainText(says);
    await expect(strip).toContainText(/The newest verdict is of .+ JST \(.+ ago\)\./);
    await page.unroute('**/api/v1/overview');
  }
  await page.route('**/api/v1/overview', async (route) => {
    const response = await route.fetch();
    const overview = await response.json();
    const failing = [{ name: 'reports/canary/phase-b.jsonl', since: overview.now }];
    await route.fulfill({ response, json: { ...overview, sources: { knownCount: 3, failing } } });
  });
  await askAgain(page);
  await expect(strip).toContainText(
    /1 of 3 sources cannot be read\. reports\/canary\/phase-b\.jsonl since .+ JST/,
  );
  expect(await violations(page)).toEqual([]);
  await page.unroute('**/api/v1/overview');
  await askAgain(page);
  await expect(strip).toHaveCount(0);
});

test('says what holds an incident that its page took for over, and keeps it open [INC-1, INC-2]', async ({
  browser,
}) => {
  const incident = await openIncident(browser);
  const page = await open(browser, 'sre', { path: incident });
  // A page that has not heard yet: the server is asked, and refuses.
  await page.route('**/api/v1/incidents/*/view', async (route) => {
    const response = await route.fetch();
    const view = await response.json();
    const detail = { ...view.detail, notClosable: { steps: [], checks: [] } };
    await route.fulfill({ response, json: { ...view, detail } });
  });
  await askAgain(page);
  await page.getByRole('button', { name: 'Close the incident' }).click();
  const dialog = page.getByRole('dialog', { name: /^Close / });
  await dialog.getByLabel('What ended it').fill('Two windows are green again');
  await dialog.getByRole('button', { name: 'Close the incident' }).click();
  await expect(dialog.getByRole('status')).toContainText('Not possible as things stand now');
  await expect(dialog.getByRole('status')).toContainText('Nothing was changed.');
  await expect(dialog.getByLabel('What ended it'), 'no word is lost').toHaveValue(
    'Two windows are green again',
  );
  expect(await violations(page)).toEqual([]);
  await page.reload();
  await expect(page.locator('[data-step=closure]')).not.toContainText('Done');
});
