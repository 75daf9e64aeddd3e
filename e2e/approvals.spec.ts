import type { Page } from 'playwright/test';
import { NEXT_LOOK_MS } from './fixture/incident.ts';
import { expect, faults, LOOKS, open, PHONE, settled, test, violations } from './fixture/index.ts';

const PATH = '/rollouts/autosave';

test.describe.configure({ mode: 'serial' });

const gate = (page: Page, id: string) => page.locator(`[data-gate="${id}"]`);
const state = (page: Page, name: string) =>
  page.locator('[aria-current=step]').getByText(name, { exact: true });

test('takes a signature back and gives it again, seen by whoever watches [DASH-2, DASH-7, PHA-3]', async ({
  browser,
}) => {
  const watching = await open(browser, 'viewer', { path: PATH });
  const page = await open(browser, 'reviewer', { path: PATH });
  const signature = page.locator('[data-sign-off=restore]');
  await expect(signature.getByText('Signed by Reviewer (demo)')).toBeVisible();
  // The first look after the start asks for approval.
  await expect(state(watching, 'Awaiting approval')).toBeVisible({ timeout: NEXT_LOOK_MS });

  await signature.getByRole('button', { name: 'Withdraw the signature' }).click();
  await expect(signature.getByText('A signature of Reviewer is needed to leave B.')).toBeVisible();
  await expect(gate(watching, 'signed_off:restore')).toContainText('Waiting for a signature: Reviewer');

  await signature.getByRole('button', { name: 'Sign this panel' }).click();
  const dialog = page.getByRole('dialog', { name: 'Sign the Restore panel?' });
  await dialog.getByLabel('Link to minutes').fill('not a link');
  await dialog.getByRole('button', { name: 'Sign this panel' }).click();
  await expect(dialog.getByText('Write a link that begins with https://.')).toBeVisible();
  await dialog.getByLabel('Link to minutes').fill('https://example.test/minutes');
  await dialog.getByLabel('Comment').fill('looked at 24 hours of restores');
  await dialog.getByRole('button', { name: 'Sign this panel' }).click();
  await expect(dialog.getByText('Signed', { exact: true })).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(signature.getByText('looked at 24 hours of restores')).toBeVisible();
  await expect(signature.getByText(/^Void: Reviewer \(demo\), .* \(withdrawn\)$/)).toBeVisible();
  await expect(gate(watching, 'signed_off:restore')).toContainText('Met');
});

test('tells a viewer who may sign, before any click [DASH-5]', async ({ browser }) => {
  const page = await open(browser, 'viewer', { path: PATH });
  for (const name of ['Approve', 'Reject']) {
    const button = page.getByRole('button', { name, exact: true });
    await expect(button).toBeDisabled();
    await expect(button).toHaveAccessibleDescription('Only these roles may sign: SRE');
  }
  const promote = page.getByRole('button', { name: 'Promote to C' });
  await expect(promote).toBeDisabled();
  await expect(promote).toHaveAccessibleDescription('Opens when every condition is met.');
  await expect(page.locator('[data-sign-off]').getByRole('button')).toHaveCount(0);
});

test('a no blocks with its reason until whoever said it takes it back [PHA-3]', async ({ browser }) => {
  const page = await open(browser, 'sre', { path: PATH });
  await expect(state(page, 'Awaiting approval')).toBeVisible();
  await page.getByRole('button', { name: 'Reject', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Reject the promotion out of B?' });
  await dialog.getByRole('button', { name: 'Reject the promotion' }).click();
  await expect(dialog.getByText('Write a reason of at least 3 characters.')).toBeVisible();
  await dialog.getByLabel('Reason').fill('not before the weekend');
  await dialog.getByRole('button', { name: 'Reject the promotion' }).click();
  await expect(dialog.getByText('Rejected', { exact: true })).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(gate(page, 'not_rejected')).toContainText('Not met');
  const approvals = page.getByRole('region', { name: 'Promotion from B to C' });
  await expect(approvals.getByText('not before the weekend')).toBeVisible();
  await expect(approvals.getByText('blocks the promotion')).toBeVisible();
  await approvals.getByRole('button', { name: 'Withdraw' }).click();
  await expect(gate(page, 'not_rejected')).not.toBeVisible();
  await expect(state(page, 'Awaiting approval')).toBeVisible();
});

for (const { locale, views } of LOOKS) {
  test(`asks for approval without axe findings or sideways scrolling: ${locale} [DASH-6]`, async ({
    browser,
  }) => {
    const page = await open(browser, 'sre', { path: PATH, locale });
    await settled(page);
    expect(await faults(page, views)).toEqual([]);
    await page.getByRole('button', { name: locale === 'ja' ? '承認する' : 'Approve', exact: true }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    expect(await faults(page, views)).toEqual([]);
  });
}

test('is approved by one and promoted by another, live for whoever watches, and read back [PHA-3, DASH-5, DASH-7]', async ({
  browser,
}) => {
  const watching = await open(browser, 'viewer', { path: PATH, locale: 'ja', size: PHONE });
  const sre = await open(browser, 'sre', { path: PATH });
  await sre.getByRole('button', { name: 'Approve', exact: true }).click();
  const asked = sre.getByRole('dialog', { name: 'Approve the promotion from B to C?' });
  await expect(asked.getByRole('row', { name: /Audience.*30 %.*100 %/ })).toBeVisible();
  await asked.getByRole('button', { name: 'Approve the promotion' }).click();
  await expect(asked.getByText('Approved', { exact: true })).toBeVisible();
  await asked.getByRole('button', { name: 'Close' }).last().click();
  await expect(watching.getByText('承認はそろっています')).toBeVisible();
  // Four eyes: whoever approved alone cannot promote, and reads why.
  await expect(sre.getByRole('button', { name: 'Promote to C' })).toHaveAccessibleDescription(
    'Needs another person than the one who approved.',
  );

  const admin = await open(browser, 'admin', { path: PATH });
  await admin.getByRole('button', { name: 'Promote to C' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Promote AutoSave by exposure from B to C?' });
  await dialog.getByRole('button', { name: 'Promote to C' }).click();
  await expect(dialog.getByText('Write a reason of at least 3 characters.')).toBeVisible();
  await dialog.getByLabel('Reason').fill('24 hours met, signed and approved');
  await dialog.getByRole('button', { name: 'Promote to C' }).click();
  await expect(dialog.getByText(/^Now in C\. Read back .*, equal\.$/)).toBeVisible();

  await expect(watching.locator('[aria-current=step]')).toContainText('既定 100 %');
  const newest = watching.getByRole('region', { name: 'フェーズの履歴' }).getByRole('listitem').first();
  await expect(newest).toContainText('24 hours met, signed and approved');
  await expect(newest).toContainText('一致');
});

// Before the journeys that move this rollout to where nothing is signed.
test('lets nobody sign a panel that could not be loaded, and shows the others [DASH-2, DASH-7]', async ({
  browser,
}) => {
  const page = await open(browser, 'reviewer', { path: '/account', size: PHONE });
  await page.route('**/panels/restore?**', (route) => route.fulfill({ status: 503, json: { title: 'no' } }));
  // A stretch that does not come with the page.
  await page.goto('/rollouts/autosave-merge?range=7d');
  await expect(page.getByText('The panel could not be loaded')).toBeVisible();
  const unseen = page.locator('[data-sign-off=restore]');
  await expect(unseen.getByRole('button', { name: 'Sign this panel' })).toBeDisabled();
  await expect(unseen).toContainText('The panel must be seen before it is signed.');
  await expect(
    page.locator('[data-sign-off=autosave]').getByRole('button', { name: 'Sign this panel' }),
  ).toBeEnabled();
  expect(await violations(page)).toEqual([]);
});
