import { evaluateAll, type FlagConfiguration } from './configuration.ts';
import type { FlagEvaluation } from './evaluate-flag.ts';
import type { EvaluationContext } from './evaluation-context.ts';

type Metadata = Record<string, boolean | string | number>;

/** One flag as OFREP 0.3 answers it (`evaluationSuccess`). `rollout` is the one that decided. */
export type FlagAnswer = Pick<FlagEvaluation, 'key' | 'value' | 'variant' | 'reason'> & {
  metadata: Metadata;
};

/** An evaluation in the words of OFREP. Pure. */
export function flagAnswer(evaluation: FlagEvaluation, configuration: FlagConfiguration): FlagAnswer {
  const { key, value, variant, reason, rolloutId, phase } = evaluation;
  const metadata: Metadata = { version: configuration.version, rollout: rolloutId };
  return { key, value, variant, reason, metadata: phase === null ? metadata : { ...metadata, phase } };
}

/** Every flag for one person (`bulkEvaluationSuccess`); `streamUri` is where changes are announced. Pure. */
export function bulkAnswer(configuration: FlagConfiguration, context: EvaluationContext, streamUri: string) {
  return {
    flags: evaluateAll(configuration, context).map((evaluation) => flagAnswer(evaluation, configuration)),
    metadata: { version: configuration.version },
    // Without an origin: the client reaches us under the one that it was given, whatever proxies are in between.
    eventStreams: [{ type: 'sse', endpoint: { requestUri: streamUri }, inactivityDelaySec: 120 }],
  };
}

/** The notice of a change: carries no flags, only the call to ask again (OFREP ADR 0008). Pure. */
export function refetchEvent({ tag, lastModifiedSeconds }: FlagConfiguration): string {
  const data = { type: 'refetchEvaluation', etag: tag, lastModified: lastModifiedSeconds };
  return `id: ${tag}\nevent: message\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Whether an If-None-Match header names `tag`; weak and strong tags compare alike (RFC 9110, 13.1.2). Pure. */
export function matchesTag(ifNoneMatch: string | null, tag: string): boolean {
  if (ifNoneMatch === null) return false;
  const opaque = (text: string) => text.trim().replace(/^W\//, '');
  return ifNoneMatch.split(',').some((each) => opaque(each) === tag || each.trim() === '*');
}
