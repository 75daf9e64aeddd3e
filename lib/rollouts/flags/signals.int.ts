import { afterAll, beforeAll, expect, it } from 'vitest';
import { disconnectDatabase, inTransaction } from '#lib/database/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { applyTransition } from '../machine/apply-transition.store.ts';
import type { RolloutEvent } from '../machine/transitions.ts';
import { rollBack } from '../rollback/rollback.run.ts';
import { findRollout } from '../rollout.store.ts';
import { ensureRollouts } from '../start.run.ts';
import { closeFlagSource, currentFlags, readBackFlag } from './flag-source.run.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const step = (phase: string, kind: 'start' | 'promotion') => ({ phase, kind, at: NOW, reason: 'a test' });

beforeAll(async () => {
  await testDatabase();
  await ensureRollouts(NOW, {
    'autosave-merge': [step('A-0', 'start'), step('A-1', 'promotion'), step('A-2', 'promotion')],
    autosave: [step('A', 'start')],
  });
});
afterAll(async () => {
  closeFlagSource();
  await disconnectDatabase();
});

async function move(event: RolloutEvent): Promise<void> {
  await inTransaction(async (tx) => {
    const rollout = await findRollout('autosave-merge', tx);
    if (!rollout) throw new Error('it was started before');
    await applyTransition(tx, { rollout, event, at: NOW });
  });
}

it('the lock is read-only from the step back to the recovery, kill switch or not, and every change has a new tag [ROL-4]', async () => {
  const seen: string[] = [];
  const look = async (after: string) => {
    const read = await readBackFlag('autosave.lock', { targetingKey: 'anybody' });
    if (!read) throw new Error('the policy has this signal');
    seen.push(`${after}: ${read.evaluation.value}`);
    return read.configuration;
  };
  const before = await look('before');
  await rollBack({
    rolloutId: 'autosave-merge',
    fromPhase: 'A-2',
    expectedVersion: 3,
    reason: 'a test',
    trigger: 'button',
    actor: { id: 'user:1', name: 'On-call' },
    now: NOW,
  });
  const lockedAt = await look('roll_back');
  expect([lockedAt.version, lockedAt.tag === before.tag]).toEqual([before.version + 1, false]);
  for (const event of ['rollback_proven', 'kill', 'rearm'] as const) {
    await move(event);
    expect((await look(event)).tag).toBe(lockedAt.tag);
  }
  await move('recovered');
  expect((await look('recovered')).version).toBe(lockedAt.version + 1);
  expect((await currentFlags()).standings.map(({ raised }) => raised)).toEqual([false, false]);
  expect(seen).toEqual([
    'before: writable',
    'roll_back: readonly',
    'rollback_proven: readonly',
    'kill: readonly',
    'rearm: readonly',
    'recovered: writable',
  ]);
});
