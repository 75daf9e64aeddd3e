import type { KillSwitchCondition, KillSwitchRule } from '#lib/policy/index.ts';
import { EVERYTHING } from './stop.schema.ts';

/** A kill switch as far as conditions care: which rule pressed it, what it covers, when it was armed again. */
export type KillFact = { rule: string | null; scope: string; endedAt: Date | null };
export type CountFact = { subject: string; count: number };

/** What the conditions are checked against, measured at one moment. */
export type GuardFacts = {
  now: Date;
  kills: readonly KillFact[];
  /** Steps of rollouts in the longest period any rule looks at; the setup is none. */
  phaseChanges: readonly { rolloutId: string; at: Date }[];
  /** By rule id: how often each function was started or retried, or each run was called, in the rule's period. */
  counts: Readonly<Record<string, readonly CountFact[]>>;
  /** Resident set of the app's process, in MiB. */
  memoryMegabytes: number;
  /** Size of the database, in GiB. */
  databaseGigabytes: number;
  /** Share of the server's connections that are taken, 0..1. */
  connectionShare: number;
  /** By rule id: since when every look has found it over its limit; absent: it was not at the last look. */
  overSince: Readonly<Record<string, Date>>;
};

/** What is to be stopped and why; `reason` is for people, `detail` for programs. */
export type ConditionMet = {
  rule: string;
  condition: KillSwitchCondition['kind'];
  scope: string;
  reason: string;
  detail: Record<string, string | number>;
};

/**
 * When a rule's period begins: `withinSeconds` ago, or when a kill switch that it has pressed was armed again, whichever is
 * later; so that what two people have looked at does not stop everything once more. Pure.
 */
export function periodStart(
  rule: KillSwitchRule,
  facts: Pick<GuardFacts, 'kills' | 'now'>,
  scope = EVERYTHING,
): Date {
  const { condition } = rule;
  const seconds = 'withinSeconds' in condition ? condition.withinSeconds : 0;
  const begin = seconds === 0 ? 0 : facts.now.getTime() - seconds * 1000;
  const rearmed = facts.kills
    .filter((kill) => kill.rule === rule.id && (kill.scope === EVERYTHING || kill.scope === scope))
    .map(({ endedAt }) => endedAt?.getTime() ?? 0);
  return new Date(Math.max(begin, ...rearmed));
}

/** Whether what a rule measures is over its limit now, for the rules that need it to stay so; null for all others. Pure. */
export function isOverLimit(condition: KillSwitchCondition, facts: GuardFacts): boolean | null {
  switch (condition.kind) {
    case 'memory':
      return facts.memoryMegabytes > condition.megabytes;
    case 'database_connections':
      return facts.connectionShare > condition.share;
    default:
      return null;
  }
}

/**
 * Which kill switches Phasegate has to press by itself (OPS-7): for each enabled rule what it is about, unless that is
 * stopped already. Pure.
 */
export function checkKillSwitchConditions(
  facts: GuardFacts,
  rules: readonly KillSwitchRule[],
): ConditionMet[] {
  return rules
    .filter(({ enabled }) => enabled)
    .flatMap((rule) => conditionsMet(rule, facts))
    .filter(({ scope }) => !isStopped(scope, facts));
}

const isStopped = (scope: string, { kills }: GuardFacts): boolean =>
  kills.some((kill) => kill.endedAt === null && (kill.scope === EVERYTHING || kill.scope === scope));

function conditionsMet(rule: KillSwitchRule, facts: GuardFacts): ConditionMet[] {
  const { condition } = rule;
  const met = (scope: string, reason: string, detail: ConditionMet['detail']): ConditionMet => ({
    rule: rule.id,
    condition: condition.kind,
    scope,
    reason: `${rule.id}: ${reason}`,
    detail,
  });
  switch (condition.kind) {
    case 'phase_changes':
      return flapping(rule, condition.count, facts).map(({ rolloutId, count }) =>
        met(
          rule.scope === 'rollout' ? rolloutId : EVERYTHING,
          `${rolloutId} changed its phase ${count} times in ${condition.withinSeconds} s`,
          { rollout: rolloutId, count, limit: condition.count },
        ),
      );
    case 'runs_of_function':
    case 'retries_of_function':
    case 'calls_of_run': {
      const what = { runs_of_function: 'started', retries_of_function: 'retried', calls_of_run: 'called' }[
        condition.kind
      ];
      return (facts.counts[rule.id] ?? [])
        .filter(({ count }) => count >= condition.count)
        .slice(0, 1)
        .map(({ subject, count }) =>
          met(EVERYTHING, `${subject} was ${what} ${count} times`, {
            subject,
            count,
            limit: condition.count,
          }),
        );
    }
    case 'memory':
      return stays(rule, condition.forSeconds, facts)
        ? [
            met(EVERYTHING, `${facts.memoryMegabytes} MiB of memory`, {
              megabytes: facts.memoryMegabytes,
              limit: condition.megabytes,
            }),
          ]
        : [];
    case 'database_connections':
      return stays(rule, condition.forSeconds, facts)
        ? [
            met(EVERYTHING, `${Math.round(facts.connectionShare * 100)} % of the database's connections`, {
              share: facts.connectionShare,
              limit: condition.share,
            }),
          ]
        : [];
    case 'database_size':
      return facts.databaseGigabytes > condition.gigabytes && !wasRearmed(rule, facts)
        ? [
            met(EVERYTHING, `${facts.databaseGigabytes} GiB of database`, {
              gigabytes: facts.databaseGigabytes,
              limit: condition.gigabytes,
            }),
          ]
        : [];
  }
}

function flapping(
  rule: KillSwitchRule,
  limit: number,
  facts: GuardFacts,
): { rolloutId: string; count: number }[] {
  return [...new Set(facts.phaseChanges.map(({ rolloutId }) => rolloutId))].sort().flatMap((rolloutId) => {
    const from = periodStart(rule, facts, rolloutId);
    const count = facts.phaseChanges.filter(
      (change) => change.rolloutId === rolloutId && change.at > from && change.at <= facts.now,
    ).length;
    return count >= limit ? [{ rolloutId, count }] : [];
  });
}

/** Over its limit at every look for that long, counted anew after a re-arm. */
function stays(rule: KillSwitchRule, forSeconds: number, facts: GuardFacts): boolean {
  const since = facts.overSince[rule.id];
  if (since === undefined) return false;
  const from = Math.max(since.getTime(), periodStart(rule, facts).getTime());
  return facts.now.getTime() - from >= forSeconds * 1000;
}

/** A database does not get smaller by waiting: who armed Phasegate again has decided to go on with it. */
function wasRearmed(rule: KillSwitchRule, { kills }: GuardFacts): boolean {
  return kills.some((kill) => kill.rule === rule.id && kill.endedAt !== null);
}
