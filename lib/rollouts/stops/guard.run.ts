import { log } from '#lib/config/server.ts';
import { inProtectiveTransaction, inTransaction, publishLive } from '#lib/database/server.ts';
import { appendAudit, appendPendingAudit } from '#lib/evidence/server.ts';
import { SYSTEM_ACTOR } from '#lib/identity/index.ts';
import type { KillSwitchRule, LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { checkKillSwitchConditions, isOverLimit } from './check-conditions.ts';
import { type MeasuredFacts, measure } from './guard-facts.store.ts';
import { haltCovered } from './halt-rollouts.store.ts';
import { orderIn } from './order-stop.run.ts';
import { outsideHalt } from './outside-halt.run.ts';
import { EVERYTHING } from './stop.schema.ts';
import { endStop, expiredStops, openOrder } from './stop.store.ts';

/** What a look of the guard changed. */
export type GuardReport = {
  /** Kill switches that it pressed: the rule, or `outside`, and the scope. */
  pressed: { rule: string; scope: string }[];
  /** Rollouts that a pressed kill switch covers and that were not halted yet. */
  halted: string[];
  /** Freezes and pauses whose time was over. */
  ended: string[];
  /** Audit rows that had been queued. */
  appended: number;
};

// Of the whole process, however often Next evaluates this module: since when a rule has been over its limit.
const holder = globalThis as typeof globalThis & { phasegateOverSince?: Map<string, Date> };
holder.phasegateOverSince ??= new Map();
const overSince = holder.phasegateOverSince;

/**
 * One look of the guard, every minute (OPS-7): presses the kill switch where a rule of governance/killswitch-rules.yaml says
 * so, puts the halt from outside on record, halts what was added since a press, ends stops whose time is over, and appends
 * audit rows that had to wait. What fails keeps nothing else from being done. Errors: AggregateError, after everything was tried.
 */
export async function guardAutomation(now: Date): Promise<GuardReport> {
  const loaded = await loadPolicy();
  const report: GuardReport = { pressed: [], halted: [], ended: [], appended: 0 };
  const work: Record<string, () => Promise<void>> = {
    outside: () => recordOutsideHalt(loaded, now, report),
    conditions: () => pressWhereMet(loaded, now, report),
    halted: async () => {
      // Over the press's own connections: a first use costs time that a press should not.
      report.halted.push(...(await inProtectiveTransaction((tx) => haltCovered(tx, now))));
    },
    ended: () => endExpired(now, report),
    appended: async () => {
      report.appended = await appendPendingAudit();
    },
  };
  const errors: unknown[] = [];
  for (const [part, run] of Object.entries(work)) {
    try {
      await run();
    } catch (error) {
      log('rollouts').error({ err: error, part }, 'a part of the guard failed');
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} parts of the guard failed`);
  return report;
}

/** Makes an order of the halt from outside, so that it shows, lasts when the file is gone, and two people end it. */
async function recordOutsideHalt(loaded: LoadedPolicy, now: Date, report: GuardReport): Promise<void> {
  const outside = await outsideHalt();
  if (!outside) return;
  const details = { outside: outside.source };
  const pressed = await press(loaded, now, { scope: EVERYTHING, reason: outside.reason, details });
  if (pressed) report.pressed.push({ rule: 'outside', scope: EVERYTHING });
}

async function pressWhereMet(loaded: LoadedPolicy, now: Date, report: GuardReport): Promise<void> {
  const rules = loaded.killSwitch.rules.filter(({ enabled }) => enabled);
  const measured = await measure(rules, now);
  const facts = { ...measured, overSince: noteOver(rules, measured) };
  for (const { rule, condition, scope, reason, detail } of checkKillSwitchConditions(facts, rules)) {
    const pressed = await press(loaded, now, { scope, reason, details: { ...detail, rule, condition } });
    if (!pressed) continue;
    report.pressed.push({ rule, scope });
    log('rollouts').error({ rule, scope, reason }, 'the kill switch was pressed automatically');
  }
}

/** Presses unless it is pressed already; then there is nothing to say. Returns whether it was. */
async function press(
  loaded: LoadedPolicy,
  now: Date,
  order: { scope: string; reason: string; details: Record<string, string | number> },
): Promise<boolean> {
  return inProtectiveTransaction(async (tx) => {
    if (await openOrder(tx, { kind: 'kill', scope: order.scope })) return false;
    const by = { kind: 'kill', endsAt: null, actor: SYSTEM_ACTOR, trigger: 'automatic' } as const;
    const { outcome } = await orderIn(tx, { loaded, now }, { ...order, ...by });
    return outcome === 'ordered';
  });
}

function noteOver(rules: readonly KillSwitchRule[], measured: MeasuredFacts): Record<string, Date> {
  for (const { id, condition } of rules) {
    if (isOverLimit(condition, { ...measured, overSince: {} }) !== true) overSince.delete(id);
    else if (!overSince.has(id)) overSince.set(id, measured.now);
  }
  return Object.fromEntries(overSince);
}

async function endExpired(now: Date, report: GuardReport): Promise<void> {
  await inTransaction(async (tx) => {
    for (const { id, kind, scope, endsAt } of await expiredStops(tx, now)) {
      await endStop(tx, id, 'time', endsAt ?? now);
      await publishLive(tx, { topic: 'stop', ...(scope === EVERYTHING ? {} : { rolloutId: scope }) });
      await appendAudit(tx, {
        actor: SYSTEM_ACTOR,
        action: 'stop.expired',
        subject: `stop:${id}`,
        reason: 'its time is over',
        details: { kind, scope },
        at: now,
      });
      report.ended.push(id);
    }
  });
}
