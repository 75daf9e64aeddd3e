import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VerdictListSchema } from '#lib/dashboard/index.ts';
import { NEXT_LOOK_MS } from './fixture/incident.ts';
import { call, expect, open, test } from './fixture/index.ts';

const event = (ts: Date, phase: string, fields: object) =>
  JSON.stringify({ ts: ts.toISOString(), component: 'autosave', feature: 'autosave', phase, ...fields });

test('counts a body once, shows what it could not count, and counts that after it is mended [TEL-10, COL-1, COL-2]', async ({
  browser,
  request,
}) => {
  const admin = await open(browser, 'admin');
  const made = await call(admin, 'POST', '/api/v1/keys', { name: 'e2e editor', scopes: ['ingest:events'] });
  expect(made.status()).toBe(201);
  const { key } = (await made.json()) as { key: string };

  const now = new Date();
  const saved = (ms: unknown) => event(now, 'A', { event: 'autosave.save.completed', duration_ms: ms });
  const body = `${[saved(101), saved(102), 'half a li', saved('103'), saved(104)].join('\r\n')}\r\n`;
  const send = () =>
    request.post('/api/v1/events', { headers: { authorization: `Bearer ${key}` }, data: Buffer.from(body) });
  const first = await send();
  expect(first.status()).toBe(200);
  expect(await first.json()).toMatchObject({ lines: 5, accepted: 3, quarantined: 2, duplicate: false });
  expect(await (await send()).json()).toMatchObject({ accepted: 3, quarantined: 2, duplicate: true });
  expect((await request.post('/api/v1/events', { data: body })).status()).toBe(401);

  const page = await open(browser, 'data-qa', { path: '/quarantine' });
  const rows = page.getByRole('row').filter({ hasText: 'e2e editor' });
  await expect(rows).toHaveCount(2);
  const wrongType = rows.filter({ hasText: 'Line 4' });
  await expect(wrongType).toContainText('duration_ms');
  await wrongType.getByRole('button', { name: /^Fix and replay/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').first().fill(saved(103));
  await dialog
    .getByRole('button', { name: /replay/i })
    .last()
    .click();
  await expect(rows).toHaveCount(1);
  await rows.getByRole('button', { name: /^Discard/ }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Discard/ })
    .last()
    .click();
  await expect(rows).toHaveCount(0);
});

test('turns late telemetry from a file into a new verdict on a page that is open [COL-1, COL-6, ANA-4, DASH-7]', async ({
  browser,
}) => {
  const watching = await open(browser, 'viewer', { path: '/rollouts/autosave' });
  const judgedWindows = async () => {
    const answer = await call(watching, 'GET', '/api/v1/rollouts/autosave/verdicts');
    return VerdictListSchema.parse(await answer.json()).verdicts;
  };
  // The newest may be one that closed just now, with too little in it.
  const judged = (await judgedWindows()).find(({ verdict }) => verdict === 'pass');
  if (!judged) throw new Error('no window of the demo has passed');

  const inside = new Date(Date.parse(judged.windowStart) + 60_000);
  const failures = Array.from({ length: 900 }, (_, i) =>
    event(new Date(inside.getTime() + i), judged.phase, {
      event: 'autosave.save.error',
      code: 'e2e',
      retryable: false,
    }),
  );
  const folder = join(process.env.PHASEGATE_DATA_DIR ?? '', 'demo', 'telemetry', 'reports', 'canary');
  await writeFile(join(folder, 'phase-e2e.jsonl'), `${failures.join('\n')}\n`);

  const sre = await open(browser, 'sre', { path: '/jobs' });
  await sre.getByRole('button', { name: 'Run now: Read telemetry' }).click();

  const judgedAgain = async () =>
    (await judgedWindows()).find(({ windowStart }) => windowStart === judged.windowStart);
  await expect.poll(async () => (await judgedAgain())?.verdict, { timeout: NEXT_LOOK_MS }).toBe('violation');
  const verdicts = watching.getByRole('region', { name: 'Verdicts', exact: true });
  await expect(verdicts.getByText('Violation').first()).toBeVisible();
  const revised = await judgedAgain();
  expect(revised).toMatchObject({ verdict: 'violation', rollbackRequired: true });
  expect(revised?.revision).toBeGreaterThan(judged.revision);
  expect(revised?.metrics.find((metric) => metric.metric === 'save_error_rate')?.value).toBeGreaterThan(0.01);
});
