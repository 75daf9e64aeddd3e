import { database } from '#lib/database/server.ts';
import { findPhase } from '#lib/policy/index.ts';
import { loadPolicy, recordPolicyVersion } from '#lib/policy/server.ts';
import { emptyTables } from '#scripts/test/database.ts';
import { decide } from '../decision/decide.ts';
import type { Decision } from '../decision/decision.schema.ts';
import { loadDecisionFacts } from '../decision/facts.store.ts';
import { ensureRollouts } from '../start.run.ts';

/** A moment in the slot of a window that was just judged. */
export const READY_AT = new Date('2026-11-21T09:03:00.000Z');
const WINDOW_MS = 900_000;
const NEWEST_END = new Date('2026-11-21T09:00:00.000Z');
const WINDOWS = { A: 10, B: 98, C: 290 };

export type Person = { id: string; name: string; kind: 'user' };

/** Somebody with these roles who is known to the database. */
export async function addPerson(name: string, roles: readonly string[]): Promise<Person> {
  const user = await database().user.create({
    data: {
      email: `${name}-${Math.random().toString(36).slice(2)}@example.org`,
      name,
      roles: { create: roles.map((role) => ({ role, grantedBy: 'test' })) },
    },
  });
  return { id: user.id, name, kind: 'user' };
}

/** Forgets every rollout and all that was said of it, past the triggers that keep records; people and policies stay. */
export async function forgetRollouts(): Promise<void> {
  await emptyTables(
    'phase_change',
    'rollout_decision',
    'rollout_approval',
    'panel_sign_off',
    'checklist_answer',
    'flag_state',
    'rollout',
    'verdict',
    'cycle',
    'stop_order',
    'review',
    'incident',
    'rollback_request',
  );
}

/**
 * Puts the rollout `autosave` into a phase with every gate met but people's: every window since its entry was collected
 * and met every objective. `signedBy`: who signs the panels; without it their gate stays unmet.
 */
export async function readyRollout(phase: keyof typeof WINDOWS, signedBy?: Person): Promise<void> {
  await forgetRollouts();
  const entered = new Date(NEWEST_END.getTime() - WINDOWS[phase] * WINDOW_MS);
  const phases = (['A', 'B', 'C'] as const).slice(0, ['A', 'B', 'C'].indexOf(phase) + 1);
  await ensureRollouts(READY_AT, {
    autosave: phases.map((id, index) => ({
      phase: id,
      kind: index === 0 ? 'start' : 'promotion',
      at: new Date(entered.getTime() - (phases.length - 1 - index) * 86_400_000),
      reason: 'test history',
    })),
  });
  await addWindows(phase, WINDOWS[phase], NEWEST_END);
  if (signedBy) await signPanels(phase, phases.length, signedBy);
}

async function addWindows(phase: string, count: number, newestEnd: Date): Promise<void> {
  const { hash } = await loadPolicy();
  await database().verdict.createMany({
    data: Array.from({ length: count }, (_, back) =>
      verdictRow(phase, new Date(newestEnd.getTime() - back * WINDOW_MS), true, 1, hash),
    ),
  });
  await collectedTo(newestEnd);
}

/** Says that collection has come as far as this. */
export async function collectedTo(windowEnd: Date): Promise<void> {
  await database().cycle.create({
    data: {
      windowStart: new Date(windowEnd.getTime() - WINDOW_MS),
      windowEnd,
      origin: 'scheduled',
      state: 'analyzed',
      collectedAt: windowEnd,
      analyzedAt: windowEnd,
    },
  });
}

function verdictRow(phase: string, windowEnd: Date, sloMet: boolean, revision: number, policyHash: string) {
  return {
    rolloutId: 'autosave',
    phase,
    windowStart: new Date(windowEnd.getTime() - WINDOW_MS),
    windowEnd,
    revision,
    verdict: sloMet ? 'pass' : 'violation',
    sloMet,
    breach: !sloMet,
    rollbackRequired: !sloMet,
    rollbackTo: null,
    notifyLevel: sloMet ? 'none' : 'critical',
    retryableFailures: 0n,
    policyHash,
    inputHash: `${windowEnd.toISOString()}-${revision}`,
    metrics: [],
  };
}

/** A verdict of a window; a later revision of the same window takes the place of the earlier. Returns its id. */
export async function addVerdict(phase: string, windowEnd: Date, sloMet: boolean): Promise<string> {
  const { hash } = await loadPolicy();
  const of = { rolloutId: 'autosave', phase, windowEnd };
  return await database().$transaction(async (tx) => {
    const revision = (await tx.verdict.count({ where: of })) + 1;
    await tx.verdict.updateMany({ where: of, data: { isLatest: false } });
    const row = await tx.verdict.create({ data: verdictRow(phase, windowEnd, sloMet, revision, hash) });
    return row.id;
  });
}

async function signPanels(phaseId: string, version: number, person: Person): Promise<void> {
  const loaded = await loadPolicy();
  const phase = findPhase(loaded.policy, 'autosave', phaseId);
  await database().$transaction((tx) => recordPolicyVersion(tx, loaded, 'test'));
  for (const gate of phase?.gates ?? []) {
    if (gate.kind !== 'signed_off') continue;
    await database().panelSignOff.createMany({
      data: gate.panels.map((panel) => ({
        rolloutId: 'autosave',
        phase: phaseId,
        rolloutVersion: version,
        policyHash: loaded.hash,
        panel,
        role: gate.role,
        comment: '',
        personId: person.id,
        personName: person.name,
        givenAt: READY_AT,
      })),
    });
  }
}

/** What a person is shown of `autosave` now. */
export async function shownDecision(now: Date = READY_AT): Promise<Decision> {
  const facts = await loadDecisionFacts(database(), await loadPolicy(), 'autosave', now);
  if (!facts) throw new RangeError('autosave was not started');
  return decide(facts);
}

/** Presses again where so many press at once that a busy machine lets not everybody begin in time: a press may be repeated. */
export async function insistently<T>(press: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await press();
    } catch (error) {
      if (!String(error).includes('Unable to start a transaction')) throw error;
    }
  }
}
