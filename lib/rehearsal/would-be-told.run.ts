import { env } from '#lib/config/server.ts';
import { type MessageCause, routesOf } from '#lib/outbox/index.ts';
import type { Policy } from '#lib/policy/index.ts';
import { factsOfRehearsal, type MessageFacts, type RehearsedFacts, valuesOf } from '#lib/reporter/index.ts';
import { renderMessage } from '#lib/templates/index.ts';
import { loadTemplate } from '#lib/templates/server.ts';
import type { Fired } from './fired-messages.ts';
import type { Rehearsal } from './rehearsal.schema.ts';

/** What each channel would get, as the Reporter would word it; a text that cannot be made says why. */
export async function messagesOf(
  policy: Policy,
  fired: readonly Fired[],
  rehearsed: RehearsedFacts,
): Promise<Rehearsal['messages']> {
  const messages: Rehearsal['messages'] = [];
  for (const { cause, at } of fired) {
    const facts = factsFor(
      cause,
      factsOfRehearsal(rehearsed, { policy, appUrl: env().appUrl, createdAt: at }),
    );
    const { rolloutId, phase } = rehearsed;
    for (const { channel, sink } of routesOf(policy, { kind: cause.kind, rolloutId, phase })) {
      const message = { kind: cause.kind, channel, sink };
      try {
        const template = await loadTemplate(cause.kind);
        const text = renderMessage(template, sink, facts.locale, valuesOf(cause.kind, facts) as never);
        messages.push({ ...message, text: `[dry_run=true] ${text}`, problem: null });
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        messages.push({ ...message, text: '', problem });
      }
    }
  }
  return messages;
}

/** A delay is about the collection alone, not about the verdict that came of it. */
function factsFor(cause: MessageCause, facts: MessageFacts): MessageFacts {
  if (cause.kind !== 'collector-delayed' || !facts.verdict) return facts;
  const { windowStart, windowEnd } = facts.verdict;
  const delay = { seconds: cause.delaySeconds, reason: cause.reason, windowStart, windowEnd };
  return { ...facts, verdict: null, change: null, incident: null, request: null, delay };
}
