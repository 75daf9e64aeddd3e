import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyzeWindow } from '#lib/analyzer/server.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { MessageCauseSchema } from '#lib/outbox/index.ts';
import { decideRollout, findRollout } from '#lib/rollouts/server.ts';
import { insertSeries } from '#scripts/test/insert-series.ts';
import { climbedTo, counted, from, MERGED, run, times } from '#scripts/test/mission.ts';

// Seed 001 §7 item 3: rollback_required=true → flags:rollback --phase <prev>, and its outcome in what people are told.
const WINDOW_MS = 900_000;
const start = new Date(Math.floor(Date.now() / WINDOW_MS) * WINDOW_MS - WINDOW_MS);
let url = '';
beforeAll(async () => {
  ({ url } = await climbedTo('B-0', new Date(start.getTime() - 3600_000)));
  const merges = [...times(50, MERGED), ...times(50, { ...MERGED, auto_accepted: false })];
  await insertSeries((await counted(from(start.toISOString(), merges), new Date())).series);
});
afterAll(disconnectDatabase);

const rollback = (...args: string[]) => run('scripts/flags-rollback.ts', args, { DATABASE_URL: url });

describe('a verdict that requires a rollback [PLAN-8]', () => {
  it('names the phase behind, opens one request and its incident, and alerts with the command [ROL-3] [REP-4]', async () => {
    const { stored } = await analyzeWindow(start);
    const merge = stored.find(({ verdict }) => verdict.rollout === 'autosave-merge')?.verdict;
    expect(merge).toMatchObject({ phase: 'B-0', rollback_required: true, rollbackTo: 'A-2' });
    await decideRollout('autosave-merge', 'cycle', new Date());
    const request = await database().rollbackRequest.findFirstOrThrow();
    expect(request).toMatchObject({ toPhase: 'A-2', state: 'open' });
    expect(await database().message.findMany({ select: { kind: true } })).toContainEqual({
      kind: 'autosave-incident',
    });
  });

  it('leaves everything as it is when the command fails, and says why [ROL-2]', async () => {
    const failed = await rollback('--phase', 'A-0', '--rollout', 'autosave-merge');
    expect(failed).toMatchObject({ code: 4, out: '' });
    expect(failed.err).toContain('one step back is A-2');
    expect(await findRollout('autosave-merge')).toMatchObject({ phase: 'B-0' });
  });

  it('is carried out by flags:rollback --phase A-2 with exit code 0, told to every channel [ROL-2] [REP-7]', async () => {
    const done = await rollback('--phase', 'A-2', '--rollout', 'autosave-merge', '--reason', 'merges fail');
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(done.out)).toMatchObject({ outcome: 'rolled_back', from: 'B-0', to: 'A-2' });
    const change = await database().phaseChange.findFirstOrThrow({ where: { kind: 'rollback' } });
    expect(await database().rollbackRequest.findFirstOrThrow()).toMatchObject({ state: 'executed' });
    const told = await database().message.findMany({
      where: { kind: { in: ['rollback', 'autosave-rollback'] } },
      orderBy: { seq: 'asc' },
      include: { deliveries: { orderBy: { position: 'asc' } } },
    });
    expect(told.map(({ kind }) => kind)).toEqual(['rollback', 'autosave-rollback']);
    for (const { kind, values } of told)
      expect(MessageCauseSchema.parse({ kind, ...Object(values) })).toEqual({ kind, changeId: change.id });
    expect(told[0]?.deliveries.map(({ channel }) => channel)).toEqual([
      'merge-ops',
      'pagerduty-merge',
      'issue',
    ]);
  });

  it('is done once: asked again, the command joins the first and nobody is told twice [ROL-7]', async () => {
    const again = await rollback('--phase', 'A-2', '--rollout', 'autosave-merge');
    expect(again.code).toBe(0);
    expect(JSON.parse(again.out)).toMatchObject({ outcome: 'already_done' });
    expect(await database().message.count({ where: { kind: 'rollback' } })).toBe(1);
  });
});
