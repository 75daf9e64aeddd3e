import type { MessageCause } from '#lib/outbox/index.ts';
import type { FiredWhen } from './rehearsal.schema.ts';

export type Fired = { cause: MessageCause; when: FiredWhen; at: Date };

/**
 * What people would be told of a breach, in the order in which it would be sent (REP-1 … REP-7). Wherever a real message
 * names a row it names the rehearsal, and no request that a button could answer. Pure.
 */
export function firedMessages(played: {
  rehearsalId: string;
  windowStart: Date;
  /** How late collection came, where that is told at all. */
  delaySeconds: number | null;
  breached: boolean;
  /** How the required rollback is decided; null: none is required. */
  mode: string | null;
  /** Whether there is a step to make. */
  steps: boolean;
  toldAt: Date;
  dueAt: Date | null;
  closedAt: Date;
}): Fired[] {
  const { rehearsalId: id, mode, toldAt } = played;
  const fired: Fired[] = [];
  if (played.delaySeconds !== null)
    fired.push({
      cause: {
        kind: 'collector-delayed',
        windowStart: played.windowStart.toISOString(),
        delaySeconds: played.delaySeconds,
        reason: 'collected_late',
      },
      when: 'at_once',
      at: toldAt,
    });
  if (mode === null) {
    if (played.breached)
      fired.push({ cause: { kind: 'autosave-warn', verdictId: id }, when: 'at_once', at: toldAt });
    return fired;
  }
  if (mode === 'shadow') return fired; // on record only: nobody is asked
  fired.push({
    cause: { kind: 'autosave-incident', incidentId: id, requestId: null },
    when: 'at_once',
    at: toldAt,
  });
  if (played.steps) {
    const when = mode === 'automatic' ? 'at_once' : mode === 'on_call' ? 'at_deadline' : 'when_confirmed';
    const at = played.dueAt ?? toldAt;
    fired.push({ cause: { kind: 'rollback', changeId: id }, when, at });
    fired.push({ cause: { kind: 'autosave-rollback', changeId: id }, when, at });
  }
  fired.push({
    cause: { kind: 'incident-closed', incidentId: id },
    when: 'at_the_end',
    at: played.closedAt,
  });
  return fired;
}
