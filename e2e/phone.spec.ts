import type { Browser, Page } from 'playwright/test';
import { call, expect, faults, LOOKS, open, overflow, settled, test, violations } from './fixture/index.ts';
import { phaseOf, placeOf, reportViolation } from './fixture/rollout.ts';

// What on-call does at night, one-handed, on the smallest phone there is. On the rollout whose violation the journey of
// incidents has reported; it is reported again where that one has been decided.
const PHONE = { width: 360, height: 780 };
const PATH = '/rollouts/autosave';
const NEXT_LOOK_MS = 120_000;

test.describe.configure({ mode: 'serial' });

const phase = (page: Page) => phaseOf(page, 'autosave');

/** Sees to it that a rollback is required; answers from where and to where. */
async function requireRollback(browser: Browser): Promise<{ from: string; to: string }> {
  const admin = await open(browser, 'admin', { path: '/inbox' });
  const place = await placeOf(admin, 'autosave');
  const required = async () => {
    const answer = await call(admin, 'GET', `/api/v1${PATH}/protection`);
    return ((await answer.json()) as { required: unknown }).required !== null;
  };
  if (!(await required())) {
    await reportViolation(admin, place.from);
    await expect.poll(required, { timeout: NEXT_LOOK_MS }).toBe(true);
  }
  return place;
}

async function signInHere(page: Page, scope: ReturnType<Page['locator']>): Promise<void> {
  await scope.getByLabel('E-mail address').fill('on-call@demo.phasegate.test');
  await scope.getByLabel('Password').fill('phasegate-demo');
  await scope.getByRole('button', { name: 'Sign in', exact: true }).tap();
  await expect(page.getByText('You are signed out')).toHaveCount(0);
}

let steps = { from: '', to: '' };

test('keeps the words of a dialog over a session that has ended, in place and elsewhere [DASH-5]', async ({
  browser,
}) => {
  steps = await requireRollback(browser);
  const page = await open(browser, 'on-call', { path: PATH, size: PHONE });
  await page.getByRole('button', { name: `Confirm rollback to ${steps.to}` }).tap();
  const dialog = page.getByRole('dialog');
  // The reason of the verdict stands there and may be changed.
  await expect(dialog.getByLabel('Reason')).toHaveValue(/^SLO violation: /);
  await dialog.getByLabel('Reason').fill('saves fail in my own account');

  await page.context().clearCookies({ name: /session/ });
  await dialog.getByRole('button', { name: `Roll back to ${steps.to}` }).tap();
  await expect(dialog.getByText('You are signed out')).toBeVisible();
  await expect(
    dialog.getByText('Nothing was changed and your words are kept.', { exact: false }),
  ).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await signInHere(page, dialog);
  await expect(dialog.getByLabel('Reason')).toHaveValue('saves fail in my own account');
  // Signing in has sent nothing.
  expect(await phase(page)).toBe(steps.from);

  await page.context().clearCookies({ name: /session/ });
  await page.reload();
  await expect(page).toHaveURL(/\/signin/);
  await expect(page.locator('button[type=submit]:visible')).toBeEnabled();
  await page.locator('input[name=email]:visible').fill('on-call@demo.phasegate.test');
  await page.locator('input[name=password]:visible').fill('phasegate-demo');
  await page.locator('button[type=submit]:visible').tap();
  await expect(page.getByRole('dialog').getByLabel('Reason')).toHaveValue('saves fail in my own account');
  expect(await phase(page)).toBe(steps.from);
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).tap();
  await expect(page).toHaveURL(PATH);
});

test('from the link of a notification to a rollback that is read back, in two taps [DASH-5, INC-3, ROL-3]', async ({
  browser,
}) => {
  const page = await open(browser, 'on-call', { path: PATH, size: PHONE });
  const bar = page.getByRole('region', { name: 'Actions' });
  for (const button of await bar.getByRole('button').all()) {
    const box = await button.boundingBox();
    expect(box?.height, 'a target for a thumb').toBeGreaterThanOrEqual(48);
    expect(box?.y ?? 0, 'within reach of the thumb').toBeGreaterThan(PHONE.height / 2);
  }
  expect(await overflow(page)).toBeLessThanOrEqual(0);

  await bar.getByRole('button', { name: `Confirm rollback to ${steps.to}` }).tap();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: `Roll back to ${steps.to}` })
    .tap();

  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(`Rolled back to ${steps.to}`)).toBeVisible();
  await expect(dialog.getByText(/^Your press: \d\d:\d\d:\d\d JST/)).toBeVisible();
  await expect(dialog.getByText('Proven: clients get the target')).toBeVisible({ timeout: NEXT_LOOK_MS });
  expect(await phase(page)).toBe(steps.to);
  expect(await violations(page)).toEqual([]);
});

test('a link to a step that is past says who made it, and opens nothing [DASH-5, ROL-7]', async ({
  browser,
}) => {
  const page = await open(browser, 'on-call', {
    path: `${PATH}?act=rollback&about=${steps.from}`,
    size: PHONE,
  });
  await expect(
    page.getByText(`This link was about ${steps.from}; it stands in ${steps.to} now`),
  ).toBeVisible();
  await expect(page.getByText(/On-call \(demo\) · Rolled back/).first()).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

for (const { locale, views } of LOOKS) {
  test(`dialogs are free of axe findings and of sideways scrolling: ${locale} [DASH-6]`, async ({
    browser,
  }) => {
    const page = await open(browser, 'sre', { path: PATH, locale });
    await settled(page);
    for (const name of locale === 'ja' ? ['停止・凍結', 'バグを報告'] : ['Stop or freeze', 'Report a bug']) {
      await page.getByRole('button', { name, exact: true }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      expect(await faults(page, views), name).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
    }
  });
}
