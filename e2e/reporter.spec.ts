import { NEXT_LOOK_MS, openIncident } from './fixture/incident.ts';
import { complaints, expect, open, test, violations } from './fixture/index.ts';

test.describe.configure({ mode: 'serial' });

test('a product owner reports a bug, once, and everybody sees it [TEL-9]', async ({ browser }) => {
  const title = `Undo loses a paragraph ${Date.now()}`;
  const viewer = await open(browser, 'viewer', { path: '/rollouts/autosave' });
  const page = await open(browser, 'product-owner', { path: '/rollouts/autosave' });
  await expect(viewer.getByRole('button', { name: 'Report a bug' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Report a bug' }).click();
  const dialog = page.getByRole('dialog', { name: 'Report a bug' });
  await dialog.getByRole('button', { name: 'Report', exact: true }).click();
  await expect(dialog.getByText('Write at least 3 characters.')).toBeVisible();
  await dialog.getByLabel('Title').fill(title);
  await dialog.getByLabel('Link (optional)').fill('wiki');
  await dialog.getByRole('button', { name: 'Report', exact: true }).click();
  await expect(dialog.getByText('Write an http or https address.')).toBeVisible();
  await dialog.getByLabel('Link (optional)').fill('https://wiki.example.org/bug');
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Report', exact: true }).click();
  await expect(dialog.getByText('Reported. The next window judges it.')).toBeVisible();
  await page.keyboard.press('Escape');
  for (const each of [page, viewer]) {
    const bugs = each.getByRole('region', { name: 'Reported bugs' });
    await expect(bugs.getByText(title)).toHaveCount(1);
    await expect(bugs.getByRole('link', { name: /^Link/ }).first()).toHaveAttribute(
      'href',
      'https://wiki.example.org/bug',
    );
  }
  expect(complaints(page)).toEqual([]);
});

test('a rehearsal plays a breach to its message texts, changes nothing and leaves its report [ROL-8]', async ({
  browser,
}) => {
  const page = await open(browser, 'sre', { path: '/rollouts/autosave-merge' });
  const before = await (await page.request.get('/api/v1/rollouts/autosave-merge')).json();
  const section = page.getByRole('region', { name: 'Rehearsal' });
  await section.getByRole('button', { name: 'Rehearse' }).click();
  await expect(section.getByText('Rehearsed. Nothing was changed.')).toBeVisible({ timeout: NEXT_LOOK_MS });
  await expect(section.getByText(/^SLO violation → /).first()).toBeVisible();
  const texts = await section.locator('pre').allTextContents();
  expect(texts.length).toBeGreaterThan(2);
  for (const text of texts) expect(text).toMatch(/^\[dry_run=true\] /);
  const path = await section.getByText(/^docs\/rehearsal\//).textContent();
  const report = await page.request.get(`/api/v1/reports/file?path=${encodeURIComponent(path ?? '')}`);
  expect(await report.text()).toContain('autosave-merge');
  const after = await (await page.request.get('/api/v1/rollouts/autosave-merge')).json();
  expect(after.summary.phase).toBe(before.summary.phase);
  expect(await violations(page)).toEqual([]);
  const viewer = await open(browser, 'viewer', { path: '/rollouts/autosave-merge' });
  await expect(viewer.getByRole('region', { name: 'Rehearsal' })).toHaveCount(0);
});

test('an administrator says who a person is in Slack, and takes it back [ROL-3]', async ({ browser }) => {
  const page = await open(browser, 'admin', { path: '/admin' });
  const people = page.getByRole('region', { name: 'People' });
  const person = people.getByRole('listitem').filter({ hasText: 'data-qa@demo.phasegate.test' });
  const link = async (id: string) => {
    await person.getByRole('button', { name: /^Change / }).click();
    const dialog = page.getByRole('dialog', { name: /^Change / });
    await dialog.getByLabel('Slack member ID').fill(id);
    await dialog.getByRole('button', { name: 'Save' }).click();
    return dialog;
  };
  const wrong = await link('not an id');
  await expect(wrong.getByText('A member ID such as U024BE7LH')).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(await link('U0E2E0E2E')).toHaveCount(0);
  await expect(person.getByText('U0E2E0E2E')).toBeVisible();
  await expect(await link('')).toHaveCount(0);
  await expect(person.getByText('U0E2E0E2E')).toHaveCount(0);
});

test('where the RCA can be read goes on record, and from there to what was sent and back [ROL-6, REP-3]', async ({
  browser,
}) => {
  const incident = await openIncident(browser);
  const watching = await open(browser, 'viewer', { path: incident });
  const page = await open(browser, 'sre', { path: incident });
  await page.getByRole('button', { name: 'Record it as shared' }).click();
  const dialog = page.getByRole('dialog', { name: /^Where can the RCA of Incident-\d{3} be read/ });
  await dialog.getByRole('button', { name: 'Record it as shared' }).click();
  await expect(dialog.getByText('A link that begins with https:// or http://')).toBeVisible();
  await dialog.getByLabel('Link to the RCA').fill('https://wiki.example.org/rca');
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Record it as shared' }).click();
  await expect(dialog.getByText('It is on record that the RCA is shared')).toBeVisible();
  await page.keyboard.press('Escape');
  for (const each of [page, watching]) {
    const rca = each.getByRole('region', { name: 'RCA', exact: true });
    await expect(rca).toContainText('SRE (demo)');
    await expect(rca.getByRole('link')).toHaveAttribute('href', 'https://wiki.example.org/rca');
    await expect(each.locator('[data-check=rca_shared]')).toContainText('yes');
  }
  await page.getByRole('link', { name: 'See the deliveries' }).click();
  await expect(page).toHaveURL(/\/deliveries\?incident=[0-9a-f-]{36}$/);
  await expect(page.getByRole('row').filter({ hasText: 'RCA shared' }).first()).toBeVisible();
  await page.getByRole('link', { name: /^Back to Incident-\d{3}$/ }).click();
  await expect(page).toHaveURL(new RegExp(`${incident}$`));
});

test('reports can be read before they are written, beside the messages [REP-4]', async ({ browser }) => {
  const page = await open(browser, 'viewer', { path: '/templates' });
  for (const [link, ja] of [
    ['RCA draft', '原因分析'],
    ['Daily report', '日次'],
    ['Rehearsal report', '演習'],
  ] as const) {
    await page.getByRole('link', { name: link }).click();
    await expect(page.getByRole('heading', { level: 2, name: link })).toBeVisible();
    const report = page.getByRole('region', { name: 'Report' });
    await expect(report.locator('[lang=ja]')).toContainText(ja);
    await expect(report.locator('[lang=en]')).not.toBeEmpty();
  }
});
