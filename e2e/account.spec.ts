import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page, test } from 'playwright/test';

const DEMO_PASSWORD = 'phasegate-demo';
const FIRST = 'the first long password';
const SECOND = 'the second long password';

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.goto('/signin');
  await expect(page.locator('button[type=submit]:visible')).toBeEnabled();
  await page.locator('input[name=email]:visible').fill(email);
  await page.locator('input[name=password]:visible').fill(password);
  await page.locator('button[type=submit]:visible').click();
}

test('lets a person change their password from the menu, and ends their other sessions', async ({
  browser,
  baseURL,
}) => {
  const open = async () => (await browser.newContext({ locale: 'en-GB' })).newPage();
  const admin = await open();
  await signIn(admin, 'admin@demo.phasegate.test', DEMO_PASSWORD);
  await admin.waitForURL((url) => url.pathname === '/');
  const email = 'ann@example.org';
  const added = await admin.request.post('/api/v1/users', {
    headers: { origin: baseURL ?? '' },
    data: { email, name: 'Ann', roles: ['viewer'], password: FIRST },
  });
  expect(added.status()).toBe(201);

  const [page, elsewhere] = [await open(), await open()];
  for (const each of [elsewhere, page]) {
    await signIn(each, email, FIRST);
    await each.waitForURL((url) => url.pathname === '/');
  }
  await page.getByRole('button', { name: 'Account Ann' }).click();
  await page.getByRole('link', { name: 'Your account' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Your account' })).toBeVisible();
  const submit = page.getByRole('button', { name: 'Change password' });
  await expect(submit).toBeEnabled();
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag22aa']).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);

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

  await elsewhere.goto('/');
  await expect(elsewhere).toHaveURL(/\/signin/);
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  await signIn(elsewhere, email, SECOND);
  await elsewhere.waitForURL((url) => url.pathname === '/');
  await Promise.all([admin, page, elsewhere].map((each) => each.context().close()));
});
