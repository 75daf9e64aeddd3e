import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { verifyAuditChain } from '#lib/evidence/server.ts';
import { climbed, confirm, later } from '#scripts/test/climbed-rollout.ts';
import { putRollout } from '#scripts/test/database.ts';
import { findRollout, listPhaseChanges, listWatchReadings, rollBack, watchRollouts } from '../server.ts';

const HOUR = 3600;
/** When the rollback was proven: 03:02. */
const PROVEN_AFTER = 120;

beforeEach(async () => {
  await climbed();
  await rollBack(confirm);
  const [change] = await listPhaseChanges('autosave', 1);
  await database().phaseChange.update({
    where: { id: change?.id ?? '' },
    data: { proof: 'proven', provenAt: later(PROVEN_AFTER) },
  });
  await putRollout({
    where: { id: 'autosave' },
    data: {
      state: 'watching',
      stateEnteredAt: later(PROVEN_AFTER),
      watchUntil: later(PROVEN_AFTER + 2 * HOUR),
    },
  });
});
afterAll(disconnectDatabase);

const autosave = () => findRollout('autosave');
const readings = async () => listWatchReadings('autosave', 4);

/** Verdicts of B for consecutive windows from 03:15 on: `.` met, `x` not. */
async function judge(letters: string, fromWindow = 0): Promise<void> {
  for (const [i, letter] of [...letters].entries()) {
    const windowStart = later(900 * (1 + fromWindow + i));
    await database().verdict.create({
      data: {
        rolloutId: 'autosave',
        phase: 'B',
        windowStart,
        windowEnd: new Date(windowStart.getTime() + 900_000),
        revision: 1,
        verdict: letter === '.' ? 'pass' : 'warn',
        sloMet: letter === '.',
        breach: false,
        rollbackRequired: false,
        notifyLevel: 'none',
        retryableFailures: 0n,
        policyHash: 'p',
        inputHash: 'i',
        metrics: [],
      },
    });
  }
}

describe('the watch after a rollback', () => {
  it('looks every 5 minutes for half an hour, each look once by however many processes, then at each window [COL-8] [ROL-5]', async () => {
    for (let second = PROVEN_AFTER; second <= PROVEN_AFTER + 1860; second += 60)
      await Promise.all([watchRollouts(later(second)), watchRollouts(later(second))]);
    const looks = [300, 600, 900, 1200, 1500, 1800].map((s) => later(PROVEN_AFTER + s).toISOString());
    expect((await readings()).map(({ at }) => at)).toEqual(looks);
    await judge('.x..');
    for (let second = 2700; second <= 4500; second += 300) await watchRollouts(later(second));
    expect((await readings()).slice(6)).toMatchObject([
      { at: later(4500).toISOString(), verdict: 'pass', sloMet: true },
    ]);
  });

  it('ends with a canary date on the next Japanese business day when the last windows were met [ROL-4] [ROL-5]', async () => {
    await judge('xxxxx..');
    await watchRollouts(later(PROVEN_AFTER + 2 * HOUR - 1));
    expect(await autosave()).toMatchObject({ state: 'watching' });
    expect(await watchRollouts(later(PROVEN_AFTER + 2 * HOUR))).toMatchObject({ recovered: ['autosave'] });
    expect(await autosave()).toMatchObject({
      state: 'awaiting_canary',
      phase: 'B',
      version: 5,
      watchUntil: null,
      nextCanaryAt: '2026-11-25T01:00:00.000Z',
    });
    expect(await watchRollouts(later(PROVEN_AFTER + 3 * HOUR))).toMatchObject({ recovered: [] });
    expect(await verifyAuditChain()).toBeNull();
  });

  it('calls a person when it has not recovered, watches on, and ends well when it recovers at last [ROL-5]', async () => {
    await judge('......x');
    const end = PROVEN_AFTER + 2 * HOUR;
    expect(await watchRollouts(later(end))).toMatchObject({ escalated: ['autosave'], recovered: [] });
    expect(await autosave()).toMatchObject({ state: 'watching', escalatedAt: later(end).toISOString() });
    expect(await watchRollouts(later(end + 60))).toMatchObject({ escalated: [] });
    expect(await database().incident.findMany()).toMatchObject([
      { cause: 'not_recovered', state: 'open', rolloutId: 'autosave' },
    ]);
    await judge('..', 7);
    expect(await watchRollouts(later(end + 1800))).toMatchObject({ recovered: ['autosave'] });
    expect(await autosave()).toMatchObject({ state: 'awaiting_canary', escalatedAt: null });
  });

  it('goes on looking behind a pressed kill switch and decides nothing [OPS-7] [ROL-5]', async () => {
    await judge('.......');
    await putRollout({
      where: { id: 'autosave' },
      data: { state: 'halted', resumeState: 'watching' },
    });
    const round = await watchRollouts(later(PROVEN_AFTER + 2 * HOUR));
    expect(round).toMatchObject({ readings: 1, recovered: [], escalated: [] });
    expect(await autosave()).toMatchObject({ state: 'halted', resumeState: 'watching' });
  });
});
