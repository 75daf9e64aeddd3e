import type { Page } from 'playwright/test';
import { call, expect, open, test, violations } from './fixture/index.ts';

const FIRST = 'the first long password';
const SECOND = 'the second long password';

/** Asks for a page as nobody and fills in the form that comes instead. */
async function fillIn(page: Page, path: string, email: string, password: string): Promise<void> {
  await page.goto(path);
  await expect(page).toHaveURL(/\/signin/);
  await expect(page.locator('button[type=submit]:visible')).toBeEnabled();
  await page.locator('input[name=email]:visible').fill(email);
  await page.locator('input[name=password]:visible').fill(password);
  await page.locator('button[type=submit]:visible').click();
}

test('lets a person change their password from the menu, and ends their other sessions', async ({
  browser,
}) => {
  const admin = await open(browser, 'admin');
  const email = 'ann@example.org';
  const added = await call(admin, 'POST', '/api/v1/users', {
    email,
    name: 'Ann',
    roles: ['viewer'],
    password: FIRST,
  });
  expect(added.status()).toBe(201);

  const unknown = async () => (await browser.newContext({ locale: 'en-GB' })).newPage();
  const [page, elsewhere] = [await unknown(), await unknown()];
  for (const each of [elsewhere, page]) {
    await fillIn(each, '/', email, FIRST);
    await each.waitForURL((url) => url.pathname === '/');
  }
  await page.getByRole('button', { name: 'Account Ann' }).click();
  await page.getByRole('link', { name: 'Your account' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Your account' })).toBeVisible();
  const submit = page.getByRole('button', { name: 'Change password' });
  await expect(submit).toBeEnabled();
  expect(await violations(page)).toEqual([]);

  const fill = async (current: string, repeated: string) => {
    await page.getByLabel('Current password').fill(current);
    await page.getByLabel('New password', { exact: false }).first().fill(SECOND);
    await page.getByLabel('New password once more').fill(repeated);
    await submit.click();
  };
  await fill(FIRST, 'something else entirely');
  await expect(page.getByText('The two passwords differ.')).toBeVisible();
  await fill('not my password', SECOND);
  await expect(page.getByText('The current password is not right.')).toBeVisible();
  await fill(FIRST, SECOND);
  await expect(page.getByText('You were signed out in 1 other place.')).toBeVisible();

  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  // Whoever has to sign in on the way somewhere comes out there.
  await fillIn(elsewhere, '/quarantine', email, SECOND);
  await elsewhere.waitForURL((url) => url.pathname === '/quarantine');
});
