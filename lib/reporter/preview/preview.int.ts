import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { database, inTransaction } from '#lib/database/server.ts';
import { openIncident } from '#lib/incidents/server.ts';
import { enqueueMessage } from '#lib/outbox/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import { MESSAGE_KINDS, REPORT_KINDS } from '#lib/templates/index.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { previewTemplates } from './preview.run.ts';

const now = new Date('2026-11-21T00:00:00Z');

beforeAll(async () => {
  await testDatabase();
  await ensureRollouts(now);
});

it('makes every kind in both languages and every sink, before anything has happened [REP-4]', async () => {
  const previews = await previewTemplates(now);
  expect(previews.map(({ kind }) => kind)).toEqual([
    ...Object.keys(MESSAGE_KINDS),
    ...Object.keys(REPORT_KINDS).map((kind) => `report-${kind}`),
  ]);
  for (const { kind, issues, texts } of previews) {
    expect(issues, kind).toEqual([]);
    const sinks = Object.entries(MESSAGE_KINDS).find(([each]) => each === kind)?.[1].sinks ?? ['report'];
    expect(texts.length, kind).toBe(sinks.length * 2);
    for (const { text, problem, sink, locale } of texts) {
      expect(problem, `${kind} ${sink}.${locale}`).toBeNull();
      expect(text, `${kind} ${sink}.${locale}`).not.toContain('{{');
    }
  }
});

it('is made of the newest message of its kind, and nothing is sent [REP-4]', async () => {
  const { policy } = await loadPolicy();
  const incident = await inTransaction((tx) =>
    openIncident(tx, {
      rolloutId: 'autosave',
      phase: 'B',
      cause: 'slo_violation',
      severity: 'major',
      details: {},
      actor: { id: 'system', name: 'Phasegate' },
      at: now,
    }),
  );
  const closed = async () => (await previewTemplates(now)).find(({ kind }) => kind === 'incident-closed');
  expect(await closed()).toMatchObject({ madeOf: 'newest', createdAt: null });
  await inTransaction((tx) =>
    enqueueMessage(tx, policy, {
      dedupKey: 'closed',
      cause: { kind: 'incident-closed', incidentId: incident.id },
      rolloutId: 'autosave',
      phase: 'B',
      incidentId: incident.id,
      at: now,
    }),
  );
  const before = await database().delivery.findMany();
  const preview = await closed();
  expect(preview).toMatchObject({ madeOf: 'message', createdAt: now.toISOString() });
  expect(preview?.texts.every(({ text }) => text?.includes('Incident-001'))).toBe(true);
  expect(await database().delivery.findMany()).toEqual(before);
  const rca = (await previewTemplates(now)).find(({ kind }) => kind === 'report-rca');
  expect(rca?.madeOf).toBe('newest');
  expect(rca?.texts.every(({ text }) => text?.includes('Incident-001'))).toBe(true);
});

it('names the file and the line of a fault, and still shows the others [REP-4]', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'templates-'));
  await cp('templates', join(directory, 'templates'), { recursive: true });
  const file = join(directory, 'templates/alerts/promotion.md');
  const text = await readFile(file, 'utf8');
  const line = text.split('\n').findIndex((each) => each.includes('{{from_phase}}')) + 1;
  await writeFile(file, text.replaceAll('{{from_phase}}', '{{form_phase}}'));
  const previews = await previewTemplates(now, directory);
  const broken = previews.find(({ kind }) => kind === 'promotion');
  expect(broken?.texts).toEqual([]);
  expect(broken?.issues).toContainEqual(
    expect.objectContaining({ file: 'templates/alerts/promotion.md', line }),
  );
  expect(previews.filter(({ issues }) => issues.length > 0)).toHaveLength(1);
});
