import type { Policy } from '#lib/policy/index.ts';
import type { DecisionFacts } from '#lib/rollouts/server.ts';
import type { Deadline, PolicyNames, RolloutSummary } from './rollout-view.schema.ts';

/** What the policy calls the things that gates and people's parts mention. */
export function policyNames(policy: Policy): PolicyNames {
  return {
    roles: policy.roles,
    panels: Object.fromEntries(Object.entries(policy.panels).map(([id, { label }]) => [id, label])),
    freezes: Object.fromEntries(policy.freezes.map(({ id, label }) => [id, label])),
    items: Object.fromEntries(
      Object.entries(policy.checklists).flatMap(([list, items]) =>
        items.map(({ id, label }) => [`${list}/${id}`, label]),
      ),
    ),
  };
}

/**
 * The next moment at which something happens by itself or ends: a rollback that executes, a watch that ends, the canary
 * date, a signature that lapses, a freeze that ends. A rollback outranks what is sooner; a past moment is still shown, so
 * that what is overdue is seen; behind a kill switch it does not execute, and says so.
 */
export function nextDeadline(facts: DecisionFacts, rollbackDueAt: Date | null): Deadline | null {
  const { rollout, approvals, stops, now } = facts;
  if (rollbackDueAt) {
    const held = rollout.state === 'halted' || stops.some(({ kind }) => kind === 'kill');
    return { kind: held ? 'rollback_held' : 'rollback_due', at: rollbackDueAt.toISOString() };
  }
  const place = rollout.state === 'halted' ? rollout.resumeState : rollout.state;
  const later = (at: Date | null) => (at !== null && at > now ? at.toISOString() : null);
  const candidates: { kind: Deadline['kind']; at: string | null }[] = [
    { kind: 'watch_until', at: place === 'watching' ? rollout.watchUntil : null },
    { kind: 'canary', at: place === 'awaiting_canary' ? rollout.nextCanaryAt : null },
    ...approvals.map(({ expiresAt }) => ({ kind: 'approvals_expire' as const, at: later(expiresAt) })),
    ...stops
      .filter(({ kind }) => kind === 'freeze')
      .map(({ endsAt }) => ({ kind: 'freeze_ends' as const, at: later(endsAt) })),
  ];
  const known = candidates.flatMap(({ kind, at }) => (at === null ? [] : [{ kind, at }]));
  return known.sort((a, b) => a.at.localeCompare(b.at))[0] ?? null;
}

/** The open incident that weighs most: major before minor, then the oldest. */
export function worstIncident(facts: DecisionFacts): RolloutSummary['incident'] {
  const open = facts.incidents.filter(({ closedAt }) => closedAt === null);
  const worst = open.find(({ severity }) => severity === 'major') ?? open[0];
  return worst
    ? { number: worst.number, severity: worst.severity, openedAt: worst.openedAt.toISOString() }
    : null;
}
