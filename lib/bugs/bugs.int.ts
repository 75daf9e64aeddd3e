import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { analyzeWindow } from '#lib/analyzer/server.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { cliActor } from '#lib/identity/index.ts';
import { createUser } from '#lib/identity/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { listBugs, type ReportBugCommand, reportBug } from './server.ts';

const NOW = new Date('2026-11-24T03:05:00.000Z');
const WINDOW = new Date('2026-11-24T03:00:00.000Z');
let ask: ReportBugCommand;
let viewer: { id: string; name: string };
let round = 0;

beforeAll(async () => {
  await testDatabase();
  const { policy } = await loadPolicy();
  await ensureRollouts(new Date('2026-11-20T00:00:00.000Z'), {
    'autosave-merge': (['A-0', 'A-1', 'A-2', 'B-0'] as const).map((phase, i) => ({
      phase,
      kind: i === 0 ? ('start' as const) : ('promotion' as const),
      at: new Date(Date.parse('2026-11-20T00:00:00.000Z') + i * 3600_000),
      reason: 'test history',
    })),
  });
  const add = async (name: string, roles: string[]) => {
    const email = `${name}@example.org`;
    const { id } = await createUser(
      { email, name, roles, password: 'correct horse battery' },
      cliActor('test'),
      policy,
      NOW,
    );
    return { id, name };
  };
  const owner = await add('owner', ['product_owner']);
  viewer = await add('viewer', ['viewer']);
  ask = {
    key: 'first-report',
    rollout: 'autosave-merge',
    severity: 'critical',
    title: 'Merged text was lost',
    text: 'Two paragraphs are gone.',
    link: 'https://example.org/1',
    dryRun: false,
    actor: owner,
    trigger: 'button',
    now: NOW,
  };
});
afterAll(disconnectDatabase);
beforeEach(() => {
  round += 1;
});

const counted = async () =>
  await database().telemetryWindow.findMany({
    where: { event: 'bug.reported' },
    select: { rolloutId: true, phase: true, windowStart: true, tagSet: true, dims: true, count: true },
    orderBy: { tagSet: 'asc' },
  });
const fresh = (): ReportBugCommand => ({ ...ask, key: `report-${round}-key` });

describe('a bug that a person reports', () => {
  it('is kept, audited and counted once, however often and however much at once it is sent [TEL-9] [COL-2]', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => reportBug(ask)));
    expect(answers.map(({ outcome }) => outcome).sort()).toEqual([
      'already_reported',
      'already_reported',
      'already_reported',
      'reported',
    ]);
    expect(new Set(answers.map(({ bug }) => bug.id)).size).toBe(1);
    expect(await counted()).toEqual([
      {
        rolloutId: 'autosave-merge',
        phase: 'B-0',
        windowStart: WINDOW,
        tagSet: '',
        dims: '{"severity":"critical"}',
        count: 1n,
      },
    ]);
    const { bugs } = await listBugs({ limit: 50 });
    expect(bugs).toMatchObject([{ title: ask.title, severity: 'critical', reporterName: 'owner' }]);
    const audit = await database().auditEntry.findMany({ where: { action: 'bug.reported' } });
    expect(audit).toMatchObject([{ actorName: 'owner', details: { dry_run: false, phase: 'B-0' } }]);
  });

  it('is judged in the window it was reported in: the fourth critical one of a day is one too many [TEL-9]', async () => {
    const figure = async () => {
      const { stored } = await analyzeWindow(WINDOW);
      const merge = stored.find(({ verdict }) => verdict.rollout === 'autosave-merge');
      return merge?.verdict.metrics.find(({ metric }) => metric === 'critical_bugs_per_day');
    };
    expect(await figure()).toMatchObject({ value: 1, limit: 3, verdict: 'pass' });
    for (const key of ['second-report', 'third-report', 'fourth-report']) await reportBug({ ...ask, key });
    await reportBug({ ...ask, key: 'a-minor-one', severity: 'minor' });
    expect(await figure()).toMatchObject({ value: 4, limit: 3, verdict: 'violation' });
  });

  it('is kept and counted apart from verdicts when it is a dry run [TEL-9] [TEL-11]', async () => {
    const before = await counted();
    const { bug } = await reportBug({ ...fresh(), dryRun: true });
    expect(bug.dryRun).toBe(true);
    const after = await counted();
    expect(after.filter(({ tagSet }) => tagSet === '')).toEqual(before);
    expect(after.filter(({ tagSet }) => tagSet !== '')).toMatchObject([{ tagSet: 'dry_run', count: 1n }]);
  });

  it('is refused under a key that says something else, of an unknown rollout, and from whoever may not [TEL-9]', async () => {
    await expect(reportBug({ ...ask, title: 'Another bug' })).rejects.toMatchObject({ reason: 'key_used' });
    await expect(reportBug({ ...fresh(), rollout: 'none' })).rejects.toMatchObject({
      reason: 'rollout_unknown',
    });
    await expect(reportBug({ ...fresh(), actor: viewer })).rejects.toMatchObject({
      reason: 'permission_missing',
    });
    await expect(reportBug({ ...fresh(), actor: { id: 'nobody', name: '' } })).rejects.toMatchObject({
      reason: 'person_inactive',
    });
  });

  it('can neither be changed nor deleted afterwards [TEL-9]', async () => {
    await expect(database().bugReport.updateMany({ data: { title: 'x' } })).rejects.toThrow(/append-only/);
    await expect(database().bugReport.deleteMany()).rejects.toThrow(/append-only/);
  });

  it('is listed page by page, newest first, by rollout and severity [TEL-9]', async () => {
    const first = await listBugs({ limit: 2, severity: 'critical' });
    expect(first.bugs).toHaveLength(2);
    const second = await listBugs({ limit: 50, severity: 'critical', before: first.nextBefore ?? 1 });
    const numbers = [...first.bugs, ...second.bugs].map(({ number }) => number);
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    expect(new Set(numbers).size).toBe(numbers.length);
    expect((await listBugs({ limit: 50, rollout: 'autosave' })).bugs).toEqual([]);
  });
});
