import type { IncidentFacts } from './step-rules.ts';

/** The messages that say to people that there is an incident, whatever its cause. */
export const ALERT_KINDS = [
  'autosave-incident',
  'rollback-unproven',
  'not-recovered',
] as const satisfies readonly string[];

export type AlertRow = {
  phase: string | null;
  /** What it asks for; null where it asks for no step back. */
  request: { phase: string; toPhase: string | null } | null;
  /** The verdict behind it; null where events asked before a window was judged. */
  verdict: { phase: string; rollbackRequired: boolean; rollbackTo: string | null } | null;
  /** Sinks that took it. */
  deliveredTo: readonly string[];
};

/** What people did to the incident themselves, which shows that they know of it. */
export type HandledByPeople = { named: boolean; receivedComment: boolean; escalationComment: boolean };

const REACHES_ON_CALL: readonly string[] = ['slack', 'pagerduty'];

/**
 * What is known of an incident's alerts (INC-1). Delivered: a channel that people read took one; the program's own log is
 * none. A person who names the owner or comments has received it, too, so that channels that are down hold nobody up. On-call
 * is mentioned by Slack's text or called by PagerDuty, or has spoken. Every alert must name the phase, and the phase to go
 * back to, of the verdict behind it. Pure.
 */
export function alertFacts(alerts: readonly AlertRow[], people: HandledByPeople): IncidentFacts['alert'] {
  const sinks = alerts.flatMap(({ deliveredTo }) => deliveredTo);
  return {
    delivered: sinks.some((sink) => sink !== 'log') || people.named || people.receivedComment,
    matches: alerts.every(matchesVerdict),
    mentioned: sinks.some((sink) => REACHES_ON_CALL.includes(sink)) || people.escalationComment,
  };
}

function matchesVerdict({ phase, request, verdict }: AlertRow): boolean {
  if (request && request.phase !== phase) return false;
  if (!verdict) return true;
  const backTo = !request || !verdict.rollbackRequired || request.toPhase === verdict.rollbackTo;
  return verdict.phase === phase && backTo;
}

export type RequestRow = {
  id: string;
  state: string;
  toPhase: string | null;
  decidedById: string | null;
  decidedByName: string | null;
  changeId: string | null;
};

/**
 * What became of the required step back: the one that was executed, else the newest that is open or was answered. A request
 * on record only (shadow) and one with nothing behind ask for no step. `requests`: newest first. Pure.
 */
export function decisiveRequest(requests: readonly RequestRow[]): RequestRow | null {
  const asked = requests.filter(({ state, toPhase }) => state !== 'recorded' && toPhase !== null);
  return (
    asked.find(({ state }) => state === 'open') ??
    asked.find(({ state }) => state === 'executed') ??
    asked[0] ??
    null
  );
}

/** What a request's state says of its decision; null while it waits. Pure. */
export function decisionOf(request: Pick<RequestRow, 'state'>): IncidentFacts['decision'] {
  const { state } = request;
  return state === 'executed' || state === 'declined' || state === 'withdrawn' ? state : null;
}

/** A command that committed its step has ended with 0; a button, a deadline and the machine leave no exit code. Pure. */
export const exitCodeOf = (trigger: string): number | null => (trigger === 'cli' ? 0 : null);
