import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database, inTransaction } from '#lib/database/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import type { RequiredRollback } from '../rollback/required-rollback.schema.ts';
import type { PhaseChange } from '../rollout.schema.ts';
import { tellOfRequest, tellOfStep } from './tell.store.ts';

const at = new Date('2026-11-21T00:00:00Z');
const minutesBefore = (minutes: number) => new Date(at.getTime() - minutes * 60_000);

beforeAll(() => testDatabase());
beforeEach(() => database().$executeRaw`TRUNCATE message, delivery, incident CASCADE`);

const open = (cause: string, openedAt: Date) =>
  database().incident.create({
    data: { rolloutId: 'autosave', phase: 'B', cause, severity: 'major', openedAt },
  });
const request: RequiredRollback = {
  id: randomUUID(),
  rolloutId: 'autosave',
  phase: 'B',
  toPhase: 'A',
  mode: 'on_call',
  state: 'open',
} as RequiredRollback;
const change = {
  id: randomUUID(),
  kind: 'rollback',
  rolloutId: 'autosave',
  fromPhase: 'B',
  toPhase: 'A',
} as PhaseChange;
const told = async () =>
  (await database().message.findMany({ orderBy: { seq: 'asc' } })).map(({ kind, incidentId }) => [
    kind,
    incidentId,
  ]);

describe('two causes at once', () => {
  it('tell of a violation in its own incident, not in the one that was open before [INC-1] [REP-7]', async () => {
    await open('rollback_unproven', minutesBefore(30));
    const violation = await open('slo_violation', minutesBefore(1));
    const { policy } = await loadPolicy();
    await inTransaction(async (tx) => {
      await tellOfRequest(tx, policy, request, at);
      await tellOfStep(tx, policy, change, at);
    });
    expect(await told()).toEqual([
      ['autosave-incident', violation.id],
      ['rollback', violation.id],
      ['autosave-rollback', violation.id],
    ]);
  });

  it('tell of a step that no violation asked for where something else is open [REP-7]', async () => {
    const other = await open('not_recovered', minutesBefore(30));
    const { policy } = await loadPolicy();
    await inTransaction((tx) => tellOfStep(tx, policy, change, at));
    expect((await told()).map(([, incidentId]) => incidentId)).toEqual([other.id, other.id]);
  });
});
