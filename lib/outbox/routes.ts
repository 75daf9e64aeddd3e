import { findPhase, type Policy } from '#lib/policy/index.ts';
import type { MessageKind, Sink } from '#lib/templates/index.ts';
import { LEVEL_OF, type Level, sinksOf } from './message.schema.ts';

/** A channel a message goes to, in the order of delivery. */
export type Route = { channel: string; sink: Extract<Sink, 'slack' | 'pagerduty' | 'issue'> };

const SINK_OF_KIND = { slack: 'slack', pagerduty: 'pagerduty', github_issue: 'issue' } as const;
/** The order is fixed: Slack first, then PagerDuty, then the issue (REP-3). */
const ORDER: readonly Route['sink'][] = ['slack', 'pagerduty', 'issue'];

/**
 * Where a message goes (REP-1): the routes of its rollout's phase for its level (`level`: another's routes), or those for stops where it is about no
 * rollout; only channels its template has a text for, each once, Slack first. Empty: nobody is to be told. Pure.
 */
export function routesOf(
  policy: Policy,
  message: { kind: MessageKind; rolloutId: string | null; phase: string | null; level?: Level },
): Route[] {
  const { kind, rolloutId, phase } = message;
  const level = message.level ?? LEVEL_OF[kind];
  const routes = rolloutId && phase ? findPhase(policy, rolloutId, phase)?.notify[level] : undefined;
  const names = kind === 'kill-switch' || kind === 're-armed' ? policy.reporting.stops : (routes ?? []);
  return [...new Set(names)]
    .flatMap((channel) => {
      const known = policy.channels[channel];
      const sink = known ? SINK_OF_KIND[known.kind] : undefined;
      return sink && sinksOf(kind).includes(sink) ? [{ channel, sink }] : [];
    })
    .sort((a, b) => ORDER.indexOf(a.sink) - ORDER.indexOf(b.sink));
}
