import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { verifyAuditChain } from '#lib/evidence/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import {
  expectedSeries,
  forgetTelemetry,
  NOW,
  saved,
  storedSeries,
  telemetryRoot,
} from '#scripts/test/telemetry-root.ts';
import { refresh } from './collect.run.ts';
import { discardQuarantined, getQuarantined, listQuarantine, replayQuarantined } from './quarantine.store.ts';
import { forgetSettledFiles } from './settled-files.ts';

const ACTOR = { id: 'user-1', name: 'Data QA' };
let site: Awaited<ReturnType<typeof telemetryRoot>>;
let id = '';

beforeAll(async () => {
  await testDatabase();
  site = await telemetryRoot();
});
afterAll(async () => {
  await site.remove();
  await disconnectDatabase();
});
beforeEach(async () => {
  await forgetTelemetry();
  forgetSettledFiles();
  const broken = saved(1).replace('duration_ms', 'duration');
  await writeFile(site.at('reports/canary/phase-a.jsonl'), `${broken}\nnot json\n${saved(2)}\n`);
  await refresh(NOW);
  id = (await listQuarantine({ state: 'open', limit: 50 })).rows.at(-1)?.id ?? '';
});

const replay = (raw: string) => replayQuarantined({ id, raw, actor: ACTOR, now: NOW });

describe('the quarantine', () => {
  it('keeps a refused line with its place and reason [TEL-10]', async () => {
    expect(await getQuarantined(id)).toMatchObject({
      sourceName: 'reports/canary/phase-a.jsonl',
      lineNumber: 1,
      reason: 'missing_field',
      field: 'duration_ms',
      state: 'open',
    });
  });

  it('is read in pages, newest first [TEL-10]', async () => {
    const first = await listQuarantine({ limit: 1 });
    expect(first).toMatchObject({ rows: [{ lineNumber: 2 }], openCount: 2 });
    const second = await listQuarantine({ limit: 1, before: first.nextBefore ?? '' });
    expect(second).toMatchObject({ rows: [{ lineNumber: 1 }], nextBefore: null });
    expect(await listQuarantine({ reason: 'not_json', limit: 5 })).toMatchObject({
      rows: [{ lineNumber: 2 }],
    });
    expect(await listQuarantine({ state: 'replayed', limit: 5 })).toMatchObject({ rows: [], openCount: 2 });
  });

  it('counts a mended line once, however many press at once, and records who [TEL-10, COL-2]', async () => {
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => replay(saved(1))));
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
    for (const r of results)
      if (r.status === 'rejected') expect(r.reason).toMatchObject({ code: 'CONFLICT' });
    expect(await storedSeries()).toEqual(await expectedSeries([saved(2), saved(1)]));
    expect(await getQuarantined(id)).toMatchObject({ state: 'replayed', resolvedBy: 'Data QA' });
    const audit = await database().auditEntry.findMany({ where: { subject: `quarantine:${id}` } });
    expect(audit).toMatchObject([{ action: 'quarantine.replayed', actorId: 'user-1' }]);
    expect(await verifyAuditChain()).toBeNull();
  });

  it('changes nothing when the mended line is still refused, and names the field [TEL-10]', async () => {
    await expect(replay(saved(1).replace('A-1', 'Z-9'))).rejects.toMatchObject({
      code: 'UNPROCESSABLE',
      reason: 'unknown_phase',
      issues: [{ field: 'phase' }],
    });
    await expect(replay(`${saved(1)}\n${saved(3)}`)).rejects.toMatchObject({ code: 'UNPROCESSABLE' });
    expect(await getQuarantined(id)).toMatchObject({ state: 'open' });
    expect(await storedSeries()).toEqual(await expectedSeries([saved(2)]));
  });

  it('sets a line aside for good [TEL-10]', async () => {
    expect(await discardQuarantined({ id, actor: ACTOR, now: NOW })).toMatchObject({ state: 'discarded' });
    await expect(replay(saved(1))).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(discardQuarantined({ id: '999999', actor: ACTOR, now: NOW })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
