import { ReviewListSchema } from '#lib/rollouts/index.ts';
import { NEXT_LOOK_MS } from './fixture/incident.ts';
import {
  call,
  expect,
  faults,
  LOOKS,
  open,
  overflow,
  PHONE,
  settled,
  test,
  violations,
} from './fixture/index.ts';
import { placeOf, reportViolation } from './fixture/rollout.ts';

// What people do without asking anybody first: step back, stop, go on. On the rollout that no other journey promotes.
const ROLLOUT = 'autosave-merge';
const PATH = `/rollouts/${ROLLOUT}`;

test.describe.configure({ mode: 'serial' });

test('a reported violation asks on-call, who confirms on a phone in two taps; it is proven and watched [ROL-3, ROL-4, ROL-5, DASH-5]', async ({
  browser,
}) => {
  const watching = await open(browser, 'viewer', { path: PATH });
  const page = await open(browser, 'on-call', { path: PATH, size: PHONE });
  const { from, to } = await placeOf(page, ROLLOUT);
  await reportViolation(await open(browser, 'admin', { path: '/jobs' }), from);

  await expect(
    page.getByRole('alert').filter({ hasText: `Rollback from ${from} to ${to} is required` }),
  ).toBeVisible({ timeout: NEXT_LOOK_MS });
  await expect(
    page.getByText(/^Rolls back by itself at \d\d:\d\d:\d\d JST, in \d+ min/).first(),
  ).toBeVisible();
  await expect(page.getByText('autosave.slo.violation × 1').first()).toBeVisible();
  await expect(
    watching.getByRole('alert').filter({ hasText: `Rollback from ${from} to ${to} is required` }),
  ).toBeVisible();
  expect(await violations(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);

  const confirm = page.getByRole('button', { name: `Confirm rollback to ${to}` });
  const box = await confirm.boundingBox();
  expect(box?.height, 'a target for a thumb').toBeGreaterThanOrEqual(48);
  expect(box?.y ?? 0, 'within reach of the thumb').toBeGreaterThan(PHONE.height / 2);
  expect((box?.x ?? 0) + (box?.width ?? 0), 'not where the thumb rests').toBeLessThan(PHONE.width - 60);
  await confirm.tap();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: `Roll back to ${to}` }).tap();
  await expect(dialog.getByText(`Rolled back to ${to}`)).toBeVisible();
  await expect(dialog.getByText('Proven: clients get the target')).toBeVisible();
  await expect(dialog.getByText('On record as break-glass')).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Close' }).last().tap();

  await expect(watching.getByText(`Watching ${to} after the rollback`)).toBeVisible();
  await expect(watching.getByText(/^1 h 5\d min.* left/)).toBeVisible();
});

test('a typed word halts everything, every open page says so, and two people re-arm [OPS-7, DASH-7]', async ({
  browser,
}) => {
  const watching = await open(browser, 'viewer', { path: '/', locale: 'ja', size: PHONE });
  const page = await open(browser, 'on-call', { path: '/' });
  await page.getByRole('button', { name: 'Open the stop controls' }).click();
  const dialog = page.getByRole('dialog', { name: 'Press the kill switch for: Everything?' });
  await expect(dialog.getByText('Flags stay as they are and are served')).toBeVisible();
  await expect(dialog.getByText('People may still roll back')).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'An incident is under way' }).click();
  await dialog.getByRole('button', { name: 'Stop now' }).click();
  await expect(dialog.getByText('Type STOP.')).toBeVisible();
  // Full-width letters, as an input method gives them.
  await dialog.getByLabel('Type STOP to confirm').fill(' ＳＴＯＰ ');
  await dialog.getByRole('button', { name: 'Stop now' }).click();
  await expect(dialog.getByText('Stopped', { exact: true })).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).last().click();

  await expect(watching.getByText('緊急停止中：すべて')).toBeVisible();
  await expect(watching.getByRole('link', { name: '再稼働 0/2' })).toBeVisible();
  expect(await violations(watching)).toEqual([]);
  expect(await overflow(watching)).toBeLessThanOrEqual(0);
  await page.goto('/stops');
  await expect(page.getByRole('button', { name: 'Agree to re-arm' })).toBeDisabled();

  for (const [who, said] of [
    ['sre', 'Your agreement counts; 1 person is still missing'],
    ['dev-lead', 'Re-armed'],
  ] as const) {
    const person = await open(browser, who, { path: '/stops' });
    await person.getByRole('button', { name: 'Agree to re-arm' }).click();
    const agree = person.getByRole('dialog');
    await agree.getByLabel('Why it may go on').fill('the cause is known');
    await agree.getByRole('button', { name: 'Agree to re-arm' }).click();
    await expect(agree.getByText(said)).toBeVisible();
    await agree.getByRole('button', { name: 'Close' }).last().click();
    if (who === 'sre') {
      await expect(person.getByText('You have agreed; waiting for others.')).toBeVisible();
      await expect(watching.getByRole('link', { name: '再稼働 1/2' })).toBeVisible();
    }
  }
  await expect(watching.getByText('緊急停止中：すべて')).toHaveCount(0);
});

test('a rollback that nothing requires opens a review that holds promotion until two others have signed [ROL-1, DASH-5]', async ({
  browser,
}) => {
  const page = await open(browser, 'on-call', { path: PATH });
  const { to } = await placeOf(page, ROLLOUT);
  await page.getByRole('button', { name: `Roll back to ${to}` }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('No verdict asks for this rollback')).toBeVisible();
  await dialog.getByLabel('Reason').fill('e2e: strange reports');
  await dialog.getByRole('button', { name: `Roll back to ${to}` }).click();
  await expect(dialog.getByText(/^On record as break-glass/)).toBeVisible();

  const list = async () =>
    ReviewListSchema.parse(await (await call(page, 'GET', '/api/v1/reviews?state=open')).json()).reviews;
  const review = (await list()).find(({ reason }) => reason === 'e2e: strange reports');
  if (!review) throw new Error('no review was opened');
  const reviewGate = async () => {
    const decision = (await (await call(page, 'GET', `/api/v1${PATH}/decision`)).json()) as {
      gates: { id: string; detail: { reviews?: string } }[];
    };
    return decision.gates.find(({ id }) => id === 'reviews_signed')?.detail.reviews ?? '';
  };
  expect(await reviewGate()).toContain(review.id);

  await page.goto('/inbox');
  const own = page.locator(`#review-${review.id}`);
  await expect(own.getByText('You did this yourself; others must sign.')).toBeVisible();
  for (const who of ['sre', 'dev-lead'] as const) {
    const person = await open(browser, who, { path: '/inbox', size: PHONE });
    expect(await violations(person)).toEqual([]);
    const entry = person.locator(`#review-${review.id}`);
    await entry.getByRole('button', { name: 'Sign the review' }).tap();
    const sign = person.getByRole('dialog');
    await sign.getByLabel('Findings').fill('the right thing to do');
    await sign.getByRole('button', { name: 'Sign the review' }).tap();
    await expect(sign.getByText('Signed', { exact: true })).toBeVisible();
  }
  await expect(own.getByText('Signed off')).toBeVisible();
  expect(await reviewGate()).not.toContain(review.id);
});

for (const { locale, views } of LOOKS) {
  test(`says what waits, what is stopped and what went wrong without axe findings: ${locale} [DASH-6]`, async ({
    browser,
  }) => {
    const page = await open(browser, 'sre', { path: '/inbox', locale });
    for (const path of ['/inbox', '/stops', '/incidents', PATH]) {
      if (path !== '/inbox') await page.goto(path);
      await settled(page);
      expect(await faults(page, views), path).toEqual([]);
    }
  });
}
