import type { MetricVerdict, VerdictKind } from '#lib/analyzer/index.ts';
import type { Headline, HeadlineCode } from './rollout-view.schema.ts';
import type { Sight } from './sight.schema.ts';
import type { Text } from './text.schema.ts';

/** A stored verdict as the head of the page needs it; metrics only where they were read. */
export type VerdictGlance = {
  windowStart: Date;
  windowEnd: Date;
  verdict: VerdictKind;
  sloMet: boolean | null;
  rollbackRequired: boolean;
  rollbackTo: string | null;
};

/**
 * The verdict sentence of a rollout as data. A required rollback outranks everything, also while Phasegate cannot see;
 * otherwise blindness outranks an old verdict, so that silence never reads as health (ANA-4).
 * `verdicts`: latest revisions of the current phase, newest first. `metrics`: those of the newest one.
 */
export function headlineOf(input: {
  verdicts: readonly VerdictGlance[];
  metrics: readonly MetricVerdict[];
  sight: Sight;
  labels: Readonly<Record<string, Text>>;
}): Headline {
  const { verdicts, metrics, sight, labels } = input;
  const newest = verdicts[0];
  const code = headlineCode(newest, sight);
  const run = newest ? unbrokenRun(verdicts) : [];
  const deciding = newest ? metrics.find((m) => !m.shadow && m.verdict === newest.verdict) : undefined;
  return {
    code,
    since: code === 'blind' ? sight.lastWindowEnd : (run.at(-1)?.windowStart.toISOString() ?? null),
    windows: run.length,
    rollbackTo: newest?.rollbackTo ?? null,
    metric:
      deciding && newest?.verdict !== 'pass'
        ? {
            id: deciding.metric,
            label: labels[deciding.metric] ?? { ja: deciding.metric, en: deciding.metric },
            unit: deciding.unit,
            value: deciding.value,
            limit: deciding.limit,
            limitKind: deciding.limit_kind,
            verdict: deciding.verdict,
            reason: deciding.reason,
            samples: deciding.samples,
          }
        : null,
  };
}

function headlineCode(newest: VerdictGlance | undefined, sight: Sight): HeadlineCode {
  if (!newest) return sight.state === 'never' ? 'no_telemetry_yet' : 'no_verdict_yet';
  if (newest.rollbackRequired) return 'rollback_required';
  if (sight.state !== 'seeing') return 'blind';
  return newest.verdict;
}

/** The newest verdicts of one kind whose windows touch each other. */
function unbrokenRun(verdicts: readonly VerdictGlance[]): VerdictGlance[] {
  const run: VerdictGlance[] = [];
  for (const entry of verdicts) {
    const last = run.at(-1);
    if (last && (entry.verdict !== last.verdict || entry.windowEnd.getTime() !== last.windowStart.getTime()))
      break;
    run.push(entry);
  }
  return run;
}
