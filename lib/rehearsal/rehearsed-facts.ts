import type { PhaseVerdict } from '#lib/analyzer/index.ts';
import { businessDayAt } from '#lib/calendar/index.ts';
import type { Phase, Policy } from '#lib/policy/index.ts';
import { type RehearsedFacts, RehearsedFactsSchema } from '#lib/reporter/index.ts';
import type { Trigger } from '#lib/rollouts/index.ts';
import type { Rehearsal } from './rehearsal.schema.ts';

/** What the messages of a rehearsal are made of: an incident, a request and a step that never were. Pure. */
export function factsOf(
  policy: Policy,
  played: {
    command: { rolloutId: string; actor: { name: string }; trigger: Trigger };
    id: string;
    phase: Phase;
    breach: { verdict: PhaseVerdict };
    demand: { toPhase: string | null; mode: string; dueAt: Date | null } | null;
    rollback: Rehearsal['rollback'];
    judgedAt: Date;
  },
): RehearsedFacts {
  const { command, id, phase, breach, demand, rollback, judgedAt } = played;
  const { rolloutId, actor } = command;
  const after = policy.rollouts[rolloutId]?.afterRollback;
  const { closedAfterGreenWindows } = policy.incidents;
  const steppedAt = demand?.dueAt ?? judgedAt;
  const watchUntil = after ? new Date(steppedAt.getTime() + after.watchSeconds * 1000) : null;
  const closedAt = new Date(
    steppedAt.getTime() + closedAfterGreenWindows * policy.cycle.windowSeconds * 1000,
  );
  const violated = breach.verdict.metrics.filter(({ shadow, verdict }) => !shadow && verdict === 'violation');
  const byItself = demand?.mode === 'automatic' || demand?.mode === 'on_call';
  return RehearsedFactsSchema.parse({
    rolloutId,
    phase: phase.id,
    verdict: {
      windowStart: breach.verdict.window.start,
      windowEnd: breach.verdict.window.end,
      metrics: breach.verdict.metrics,
    },
    incident: {
      id,
      number: 0,
      rolloutId,
      phase: phase.id,
      cause: 'slo_violation',
      severity: demand ? 'major' : 'minor',
      state: 'closed',
      openedAt: judgedAt.toISOString(),
      verdictId: null,
      details: { dry_run: true },
      closedAt: closedAt.toISOString(),
      closedByName: actor.name,
      closeReason: 'rehearsal',
    },
    request: demand && { ...demand, dueAt: demand.dueAt?.toISOString() ?? null },
    change:
      rollback.outcome === 'would_roll_back'
        ? {
            id,
            rolloutId,
            kind: 'rollback',
            fromPhase: rollback.from,
            toPhase: rollback.to,
            trigger: demand?.mode === 'automatic' ? 'automatic' : byItself ? 'deadline' : command.trigger,
            reason: `verdict: ${violated.map(({ metric }) => metric).join(', ')}`,
            actorName: byItself ? 'Phasegate' : actor.name,
            flagsBefore: rollback.flagsBefore,
            flagsAfter: rollback.flagsAfter,
            rolloutVersion: 1,
            breakGlass: false,
            proof: 'pending',
            provenAt: null,
            createdAt: steppedAt.toISOString(),
          }
        : null,
    nextCanaryAt:
      after && watchUntil
        ? businessDayAt(watchUntil, {
            zone: policy.timezone,
            businessDays: after.canaryAfterBusinessDays,
            at: after.canaryAt,
          }).toISOString()
        : null,
    watchUntil: watchUntil?.toISOString() ?? null,
  });
}
