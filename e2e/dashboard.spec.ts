import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, open, PHONE, test, violations } from './fixture/index.ts';
import { bringToC } from './fixture/rollout.ts';

test('shows a viewer both rollouts with verdict, phase and next evaluation [DASH-1, DASH-6]', async ({
  browser,
}) => {
  const page = await open(browser, 'viewer', { path: '/' });
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  for (const name of ['AutoSave and precision Merge', 'AutoSave by exposure']) {
    const card = page.getByRole('article', { name });
    await expect(card.getByText('Next verdict')).toBeVisible();
    await expect(card.getByText(/^(Pass|Warning|Violation|No verdict|Waiting|Blind)$/).first()).toBeVisible();
  }
  await expect(page.locator('[data-live=live]')).toBeVisible();
  await page.getByRole('link', { name: 'AutoSave by exposure' }).click();
  await expect(page).toHaveURL(/\/rollouts\/autosave$/);
  await expect(page.getByRole('heading', { level: 1, name: 'AutoSave by exposure' })).toBeVisible();
});

test('draws the panels with limit and warning line, and as a table [DASH-1, DASH-2, DASH-3, DASH-4]', async ({
  browser,
}) => {
  const page = await open(browser, 'viewer', { path: '/rollouts/autosave-merge' });
  for (const name of ['AutoSave', 'Restore', 'Merge', 'SLA / SLO']) {
    const panel = page.getByRole('region', { name, exact: true });
    await expect(panel.getByRole('img').first()).toBeVisible();
    await expect(panel.getByText('Current phase')).toBeVisible();
  }
  const merge = page.getByRole('region', { name: 'Merge', exact: true });
  await expect(merge.getByText('#merge-ops')).toBeVisible();
  await expect(merge.getByText('limit 80 %')).toBeVisible();
  await expect(merge.getByText('warning 84 %')).toBeVisible();
  await merge.getByText('Show as a table').click();
  await expect(merge.getByRole('table', { name: /Auto-merge rate/ })).toBeVisible();
  await merge.getByRole('button', { name: '2 h' }).click();
  await expect(merge.getByRole('button', { name: '2 h' })).toHaveAttribute('aria-pressed', 'true');
});

test('opens a verdict to its metrics, limits, sample sizes and reasons [ANA-4]', async ({ browser }) => {
  const page = await open(browser, 'viewer', { path: '/rollouts/autosave' });
  const verdicts = page.getByRole('region', { name: 'Verdicts', exact: true });
  await verdicts
    .getByRole('button', { name: /^Show details of/ })
    .first()
    .click();
  await expect(verdicts.getByText('Save latency P95').last()).toBeVisible();
  await expect(verdicts.getByText(/^n = [\d,]+$/).first()).toBeVisible();
  await expect(verdicts.getByText(/Policy [0-9a-f]{12}/)).toBeVisible();
});

test('tells a viewer who may roll back, and offers nothing else [DASH-5]', async ({ browser }) => {
  const page = await open(browser, 'viewer', { path: '/rollouts/autosave' });
  const button = page.getByRole('button', { name: /^Roll back to/ });
  await expect(button).toBeDisabled();
  await expect(button).toHaveAccessibleDescription(/On-call · SRE · Administrator/);
  await page.goto('/quarantine');
  await expect(page.getByText(/Data QA · SRE · Administrator/)).toBeVisible();
  await expect(page.getByRole('button', { name: /^Fix and replay/ })).toHaveCount(0);
});

test('switches language and time zone and keeps both [DASH-6]', async ({ browser }) => {
  const page = await open(browser, 'viewer', { path: '/rollouts/autosave', locale: 'ja' });
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
  await expect(page.getByRole('heading', { level: 1, name: 'AutoSave 露出率' })).toBeVisible();
  await expect(page.getByText('時刻は JST').first()).toBeVisible();
  await page.getByRole('button', { name: 'UTC', exact: true }).click();
  await expect(page.getByText('時刻は UTC').first()).toBeVisible();
  await page.getByRole('button', { name: 'EN English' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.reload();
  await expect(page.getByText('times in UTC').first()).toBeVisible();
});

test('reaches the content and every control by keyboard [DASH-6]', async ({ browser }) => {
  const page = await open(browser, 'viewer', { path: '/' });
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#content')).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/rollouts\//);
});

test('says that a press without a network did not arrive, and does not send it later [DASH-5, ROL-7]', async ({
  browser,
}) => {
  await bringToC(browser);
  const page = await open(browser, 'on-call', { path: '/rollouts/autosave' });
  await page.getByRole('button', { name: 'Roll back to B' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'As a precaution' }).click();
  const sent: string[] = [];
  page.on('response', (response) => sent.push(new URL(response.url()).pathname));
  await page.context().setOffline(true);
  await dialog.getByRole('button', { name: 'Roll back to B' }).click();
  await expect(dialog.getByText('The server was not reached')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  await page.context().setOffline(false);
  await expect(page.locator('[data-live=live]')).toBeVisible();
  await page.reload();
  await expect(page.getByRole('button', { name: 'Roll back to B' })).toBeVisible();
  expect(sent.filter((path) => path.endsWith('/rollback'))).toEqual([]);
});

test('rolls back from a phone: before and after, a reason, the result [DASH-5, ROL-1]', async ({
  browser,
}) => {
  await bringToC(browser);
  const page = await open(browser, 'on-call', { path: '/rollouts/autosave', locale: 'ja', size: PHONE });
  const watching = await open(browser, 'viewer', { path: '/rollouts/autosave' });
  const current = watching.locator('[aria-current=step]');
  await expect(current).toContainText('C');

  await page.getByRole('button', { name: 'B へロールバック' }).click();
  const dialog = page.getByRole('dialog', { name: 'AutoSave 露出率を C から B に戻しますか' });
  await expect(dialog.getByRole('row', { name: /対象.*100 %.*30 %/ })).toBeVisible();
  await expect(dialog.getByRole('row', { name: /autosave\.enabled/ })).toContainText('autosave-merge');
  expect(await violations(page)).toEqual([]);

  const submit = dialog.getByRole('button', { name: 'B に戻す' });
  const box = await submit.boundingBox();
  expect(box?.y ?? 0, 'within reach of the thumb').toBeGreaterThan(PHONE.height / 2);
  // A reason is chosen beforehand; none at all is refused.
  await dialog.getByLabel('理由').fill('');
  await submit.click();
  await expect(dialog.getByText('理由を 3 文字以上で書いてください。')).toBeVisible();
  await dialog.getByRole('button', { name: 'エラーの急増' }).click();
  await submit.click();
  await expect(dialog.getByText('B に戻しました')).toBeVisible();

  // Whoever watches sees it without a reload [DASH-7].
  await expect(current).toContainText('Broad');
  await expect(
    watching.getByRole('region', { name: 'Phase history' }).getByRole('listitem').first(),
  ).toContainText('エラーの急増');
  await dialog.getByRole('button', { name: '閉じる' }).last().click();
  await expect(page.getByRole('button', { name: 'A へロールバック' })).toBeEnabled();
});

test('joins a rollback that the command line made first, and does nothing twice [ROL-7, DASH-5, DASH-7]', async ({
  browser,
}) => {
  const page = await open(browser, 'sre', { path: '/rollouts/autosave-merge' });
  await page.getByRole('button', { name: 'Roll back to A-2' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('two at once');
  await promisify(execFile)(process.execPath, [
    'scripts/flags-rollback.ts',
    '--phase',
    'A-2',
    '--reason',
    'first',
  ]);
  await expect(page.locator('[aria-current=step]')).toContainText('A-2');
  await dialog.getByRole('button', { name: 'Roll back to A-2' }).click();
  await expect(dialog.getByText('Already rolled back to A-2')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(page.getByRole('button', { name: 'Roll back to A-1' })).toBeEnabled();
});

test('says so when there is no such page or rollout', async ({ browser }) => {
  const page = await open(browser, 'viewer', { path: '/rollouts/nothing' });
  await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
  await page.getByRole('link', { name: 'To the overview' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
});
