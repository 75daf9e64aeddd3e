import type { PhaseVerdict } from '#lib/analyzer/index.ts';
import { env } from '#lib/config/server.ts';
import { inTransaction, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { LEVEL_OF, type MessageCause, type Route, routesOf } from '#lib/outbox/index.ts';
import { enqueueMessage } from '#lib/outbox/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { renderMessage } from '#lib/templates/index.ts';
import { loadTemplate } from '#lib/templates/server.ts';
import { keyOf } from '../announce/announcements-of.ts';
import { valuesOf } from '../compose/values-of.ts';
import { factsOfVerdict, messageOfVerdict, type VerdictMessageKind } from './message-of-verdict.ts';

/** What people are told of a verdict, and whether it was put into the outbox now. */
export type Notice = {
  rollout: string;
  phase: string;
  window: { start: string; end: string };
  verdict: PhaseVerdict['verdict'];
  /** null: this verdict is no news for anybody. */
  message: {
    kind: VerdictMessageKind;
    level: string;
    routes: readonly Route[];
    texts: { channel: string; text: string }[];
  } | null;
  dry_run: boolean;
  /** `sent_before`: the same had been told by then. */
  outcome: 'sent' | 'sent_before' | 'dry_run' | 'nothing_to_say';
};

/**
 * Tells people of a verdict, once (REP-8): under the same key as the cycle and the decision do, so that nothing is told twice. A
 * dry run reads no database and writes nothing; it shows the message as it would read before its incident is known.
 * Errors: AppError CONFLICT `verdict_not_stored` for a verdict that is not the stored one of its window, `no_incident` where a
 * rollback is required and its incident has not been opened yet.
 */
export async function notifyOf(verdict: PhaseVerdict, now: Date, dryRun: boolean): Promise<Notice> {
  const { policy } = await loadPolicy();
  const kind = messageOfVerdict(policy, verdict);
  const { rollout, phase, window } = verdict;
  const about = { rollout, phase, window, verdict: verdict.verdict, dry_run: dryRun };
  if (kind === null) return { ...about, message: null, outcome: 'nothing_to_say' };
  const routes = routesOf(policy, { kind, rolloutId: rollout, phase });
  const facts = factsOfVerdict(policy, verdict, { appUrl: env().appUrl, now });
  const template = await loadTemplate(kind);
  const texts = routes.map(({ channel, sink }) => ({
    channel,
    text: renderMessage(template, sink, facts.locale, valuesOf(kind, facts) as never),
  }));
  const message = { kind, level: LEVEL_OF[kind], routes, texts };
  if (dryRun) return { ...about, message, outcome: 'dry_run' };
  const id = await inTransaction(async (tx) => {
    const cause = await causeOf(tx, kind, verdict);
    return enqueueMessage(tx, policy, {
      ...cause,
      rolloutId: rollout,
      phase,
      incidentId: 'incidentId' in cause.cause ? cause.cause.incidentId : null,
      at: now,
    });
  });
  return { ...about, message, outcome: id === null ? 'sent_before' : 'sent' };
}

async function causeOf(
  tx: Transaction,
  kind: VerdictMessageKind,
  { rollout, phase, window }: PhaseVerdict,
): Promise<{ dedupKey: string; cause: MessageCause }> {
  const stored = await tx.verdict.findFirst({
    where: { rolloutId: rollout, phase, windowStart: new Date(window.start), isLatest: true },
    select: { id: true, windowStart: true },
  });
  if (!stored)
    throw new AppError(
      'CONFLICT',
      `the verdict of ${rollout} ${phase} for ${window.start} is not stored: run monitor:analyze first, or add --dry-run`,
      { reason: 'verdict_not_stored' },
    );
  if (kind === 'autosave-incident') return incidentCause(tx, rollout);
  if (kind === 'readiness')
    return {
      dedupKey: `readiness:${rollout}:${phase}:by-hand:${window.start}`,
      cause: { kind, verdictId: stored.id, decisionId: null },
    };
  return {
    dedupKey: keyOf({ rollout: { id: rollout, phase } }, kind, stored),
    cause: { kind, verdictId: stored.id },
  };
}

async function incidentCause(
  tx: Transaction,
  rolloutId: string,
): Promise<{ dedupKey: string; cause: MessageCause }> {
  const [incident, request] = await Promise.all([
    tx.incident.findFirst({ where: { rolloutId, state: 'open' }, orderBy: { openedAt: 'asc' } }),
    tx.rollbackRequest.findFirst({ where: { rolloutId, state: 'open' } }),
  ]);
  if (!incident || !request)
    throw new AppError(
      'CONFLICT',
      `no required rollback of ${rolloutId} waits: its alert follows the decision, which opens the incident`,
      { reason: 'no_incident' },
    );
  return {
    dedupKey: `autosave-incident:${request.id}`,
    cause: { kind: 'autosave-incident', incidentId: incident.id, requestId: request.id },
  };
}
