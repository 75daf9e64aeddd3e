import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { call, expect, open, test, violations, visit } from './fixture/index.ts';

// Also puts on record which policy is in force.
const LOOK = 'phasegate-decide-rollouts';

const policyFile = () => join(process.env.GOVERNANCE_DIR ?? '', 'policy.yaml');

test.describe('the policy', () => {
  let before = '';
  test.beforeEach(async () => {
    before = await readFile(policyFile(), 'utf8');
  });
  test.afterEach(() => writeFile(policyFile(), before));

  test('says what changed, by meaning and by line, and when files cannot be used [PHA-6]', async ({
    browser,
  }) => {
    const page = await open(browser, 'governance', { path: '/policy' });
    const objective = page.getByRole('table', { name: 'Objectives of C', exact: true });
    await expect(objective.getByRole('row', { name: /Save failure rate/ })).toContainText('at most 0.3 %');

    await writeFile(
      policyFile(),
      before.replace('save_error_rate, max: 0.003', 'save_error_rate, max: 0.004'),
    );
    // The minute's look puts it on record; it is asked for here.
    await call(await open(browser, 'sre', { path: '/jobs' }), 'POST', `/api/v1/jobs/${LOOK}/run`);
    // The page says that it has changed, and once more where that has come on record since; it does not move by itself.
    const show = page.getByRole('button', { name: 'Show it' });
    const versions = page.getByRole('table', { name: 'Versions of the policy, newest first' });
    const newest = versions.getByRole('row').nth(1);
    await show.click({ timeout: 60_000 });
    await expect(objective.getByRole('row', { name: /Save failure rate/ })).toContainText('at most 0.4 %');
    if ((await newest.textContent())?.includes('nobody on record')) await show.click({ timeout: 60_000 });
    await expect(newest).toContainText('owner of the file');
    await newest.getByRole('link', { name: /^Show changes of version/ }).click();
    const changed = page.getByRole('table', { name: 'What changed' }).getByRole('row').nth(1);
    await expect(changed).toContainText('Default 100 % › Save failure rate › limit');
    await expect(changed).toContainText('0.3 %');
    await expect(changed).toContainText('0.4 %');
    await expect(changed).toContainText('looser');
    await expect(page.getByRole('region', { name: 'Changed lines of policy.yaml' })).toContainText(
      'max: 0.004',
    );
    expect(await violations(page)).toEqual([]);

    const audited = await call(page, 'GET', '/api/v1/audit?action=policy.changed&limit=1');
    expect(await audited.json()).toMatchObject({
      rows: [
        { details: { changes: [{ path: expect.stringContaining('save_error_rate'), effect: 'looser' }] } },
      ],
    });

    await writeFile(policyFile(), before.replace('lateness: 2h', 'latenes: 2h'));
    await page.goto('/policy');
    await expect(page.getByText('The files in governance/ are not this policy')).toBeVisible();
    await expect(page.getByText(/policy\.yaml:\d+:\d+ .*latenes/).first()).toBeVisible();
    const decision = await call(page, 'GET', '/api/v1/rollouts/autosave/decision');
    expect(JSON.stringify(await decision.json())).toContain('policy_unusable');
    expect(await violations(page)).toEqual([]);
  });
});

test('narrows the audit log down by its address, opens an entry, and keeps what is asked for [OPS-22]', async ({
  browser,
}) => {
  const page = await open(browser, 'viewer', { path: '/audit' });
  await page.getByLabel('Subject').fill('rollout:autosave');
  await page.getByLabel('Action').selectOption('policy.changed');
  await page.getByRole('button', { name: 'Narrow down' }).click();
  await expect(page).toHaveURL(/\/audit\?subject=rollout%3Aautosave&action=policy.changed$/);
  const entries = page.getByRole('table', { name: 'Audit entries, newest first' });
  await expect(entries.or(page.getByText('No entry fits'))).toBeVisible();
  await visit(page, '/audit?action=policy.changed');
  await expect(entries.getByRole('link', { name: /^Policy [0-9a-f]{12}, since / }).first()).toHaveAttribute(
    'href',
    /^\/policy\?version=[0-9a-f]{64}$/,
  );
  await entries
    .getByRole('button', { name: /^Show entry/ })
    .first()
    .click();
  await expect(page.getByText('Seal before')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Open', exact: true })).toHaveAttribute(
    'href',
    /^\/policy\?version=/,
  );
  expect(await violations(page)).toEqual([]);
  await visit(page, '/audit?text=nothing%20says%20this');
  await expect(page.getByText('No entry fits')).toBeVisible();
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect(page).toHaveURL(/\/audit$/);
  await expect(entries).toBeVisible();
});

test('checks the chain before the eyes of whoever asks, and gives it along [OPS-22]', async ({ browser }) => {
  const page = await open(browser, 'admin', { path: '/audit?subject=users' });
  await page.getByRole('button', { name: 'Check the chain' }).click();
  await expect(page.getByText(/^\d+ entries hold$/)).toBeVisible();
  const [csv] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'CSV for spreadsheets' }).click(),
  ]);
  expect(csv.suggestedFilename()).toMatch(/^audit-.*\.csv$/);
  const text = await readFile(await csv.path(), 'utf8');
  expect(text.codePointAt(0)).toBe(0xfeff);
  const rows = text.trim().split('\r\n').slice(1);
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) expect(row).toContain(',users,');
  const whole = await call(page, 'GET', '/api/v1/audit/export');
  const lines = (await whole.text()).trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual(lines.map((_, i) => i + 1));
});
