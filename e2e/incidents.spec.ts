import { openIncident } from './fixture/incident.ts';
import { expect, open, overflow, settled, test, violations, visit } from './fixture/index.ts';

const PHONE = { width: 360, height: 780 };

test.describe.configure({ mode: 'serial' });

let incident = '';

test('an incident has its page: what to do, by when, who owns it, and why it cannot be closed yet [INC-1, INC-2]', async ({
  browser,
}) => {
  incident = await openIncident(browser);
  const watching = await open(browser, 'viewer', { path: incident });
  const page = await open(browser, 'sre', { path: incident });
  await expect(page.getByRole('heading', { level: 1, name: /^Incident-\d{3}$/ })).toBeVisible();
  const steps = page.getByRole('region', { name: 'Steps' }).locator('[data-step]');
  await expect(steps).toHaveCount(5);
  await expect(page.locator('[data-step=received]')).toContainText(/Due .+ \(in \d/);
  await expect(page.locator('[data-step=received]')).toContainText('Open the alert');
  await expect(watching.getByRole('button', { name: /^Comment/ })).toHaveCount(0);

  await page.getByRole('button', { name: 'Comment on “Alert received”' }).click();
  const dialog = page.getByRole('dialog', { name: 'Comment on “Alert received”' });
  await dialog.getByRole('button', { name: 'Keep the comment' }).click();
  await expect(dialog.getByText('Write a comment.')).toBeVisible();
  await dialog.getByLabel('Comment').fill('Seen, looking into it');
  await dialog.getByRole('button', { name: 'Keep the comment' }).click();
  await expect(dialog.getByText('The comment is kept')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).first().click();
  await expect(watching.locator('[data-step=received]')).toContainText('Seen, looking into it');

  await page.getByRole('button', { name: 'Name the owner' }).click();
  const owner = page.getByRole('dialog', { name: /^Name the owner of Incident-/ });
  await owner.getByLabel('Owner').selectOption({ label: 'SRE (demo)' });
  await owner.getByRole('button', { name: 'Name the owner' }).click();
  await expect(owner.getByText('SRE (demo) is the owner')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(watching.getByRole('region', { name: 'Owner' })).toContainText('SRE (demo)');
  await expect(watching.locator('[data-step=received]')).toContainText('Done');

  await page.getByRole('button', { name: 'Close the incident' }).click();
  const closing = page.getByRole('dialog', { name: /^Close Incident-/ });
  await expect(closing.getByText('It cannot be closed yet')).toBeVisible();
  await expect(closing.getByText('The SLO is not met for long enough yet.')).toBeVisible();
  await expect(closing.getByRole('button', { name: 'Close the incident' })).toHaveCount(0);
  expect(await violations(page)).toEqual([]);
});

test('its files are there to save, and the banner says so on the overview and the rollout [INC-3, REP-5, ROL-6]', async ({
  browser,
}) => {
  const page = await open(browser, 'sre', { path: incident });
  const file = page.getByRole('region', { name: 'Files' }).getByRole('link', { name: 'RCA draft' });
  await expect(file).toBeVisible();
  const answer = await page.request.get((await file.getAttribute('href')) ?? '');
  expect(answer.headers()['content-disposition']).toContain('attachment');
  expect(await answer.text()).toContain('Incident-');
  for (const path of ['/', '/rollouts/autosave']) {
    await page.goto(path);
    const banner = page.locator('[data-banner=rollback_active]');
    await expect(banner).toContainText('rollback_active');
    await expect(banner.getByRole('link', { name: /^Incident-\d{3}$/ })).toHaveAttribute('href', incident);
  }
});

test('every delivery is listed with its attempts, narrowed down by the address, and sent again by those who may [REP-3]', async ({
  browser,
}) => {
  const viewer = await open(browser, 'viewer', { path: '/deliveries' });
  await expect(viewer.getByText(/^Send again: It takes one of:/)).toBeVisible();
  await expect(viewer.getByRole('button', { name: /^Send again:/ })).toHaveCount(0);

  const page = await open(browser, 'sre', { path: '/deliveries' });
  await expect(page.locator('[data-channel=incident]')).toContainText('Needs SLACK_BOT_TOKEN.');
  await page.getByLabel('Channel', { exact: true }).selectOption('log');
  await page.getByLabel('Level').selectOption('critical');
  await expect(page).toHaveURL(/\?channel=log&level=critical$/);
  await visit(page);
  await expect(page.getByLabel('Level')).toHaveValue('critical');
  const again = page.getByRole('button', { name: 'Send again: SLO violation to Log' }).first();
  await page.getByRole('button', { name: 'Show the attempts of SLO violation to Log' }).first().click();
  await expect(page.getByRole('list', { name: 'Attempts' })).toContainText('Attempt 1');
  await again.click();
  const dialog = page.getByRole('dialog', { name: 'Send “SLO violation” to Log again?' });
  await dialog.getByRole('button', { name: 'Nobody has seen it' }).click();
  await dialog.getByRole('button', { name: 'Send again' }).click();
  await expect(dialog.getByText('It is due again')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('list', { name: 'Attempts' })).toContainText('Attempt 2');
  expect(await violations(page)).toEqual([]);
});

test('every message can be read before it is sent, in both languages [REP-4]', async ({ browser }) => {
  const page = await open(browser, 'viewer', { path: '/templates?kind=autosave-incident' });
  await expect(page.getByRole('heading', { level: 2, name: 'SLO violation' })).toBeVisible();
  const slack = page.getByRole('region', { name: 'Slack' });
  await expect(slack.locator('[lang=ja]')).toContainText('違反');
  await expect(slack.locator('[lang=en]')).toContainText('violation');
  await page.getByRole('link', { name: 'Promotion' }).click();
  await expect(page.getByRole('heading', { level: 2, name: 'Promotion' })).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test('all of it fits a narrow phone, in Japanese too [DASH-5, DASH-6]', async ({ browser }) => {
  for (const locale of ['ja', 'en'] as const) {
    const page = await open(browser, 'sre', { path: incident, locale, size: PHONE });
    for (const path of [incident, '/incidents', '/deliveries', '/templates', '/']) {
      if (path !== incident) await page.goto(path);
      await settled(page);
      expect(await overflow(page), `${locale} ${path}`).toBeLessThanOrEqual(0);
      // The walk over all pages asks axe about the others, on a phone too.
      if (path === incident) expect(await violations(page), `${locale} ${path}`).toEqual([]);
    }
  }
});
