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
 * The verdict sentence of a rollout as data. A required rollback outranks everything, also while Phasegate cannot see, and
 * also where no verdict asks for it yet, as after an event that is itself a violation: nobody is told "pass" meanwhile;
 * otherwise blindness outranks an old verdict, so that silence never reads as health (ANA-4).
 * `verdicts`: latest revisions of the current phase, newest first. `metrics`: those of the newest one.
 */
export function headlineOf(input: {
  verdicts: readonly VerdictGlance[];
  metrics: readonly MetricVerdict[];
  sight: Sight;
  labels: Readonly<Record<string, Text>>;
  /** A required rollback that waits for its decision. */
  request?: { openedAt: Date; toPhase: string | null } | null;
}): Headline {
  const { verdicts, metrics, sight, labels, request = null } = input;
  const newest = verdicts[0];
  const code = headlineCode(newest, sight, request !== null);
  const run = newest ? unbrokenRun(verdicts) : [];
  const deciding = newest ? metrics.find((m) => !m.shadow && m.verdict === newest.verdict) : undefined;
  return {
    code,
    since:
      code === 'rollback_waits' && request
        ? request.openedAt.toISOString()
        : code === 'blind'
          ? sight.lastWindowEnd
          : (run.at(-1)?.windowStart.toISOString() ?? null),
    windows: run.length,
    rollbackTo: (code === 'rollback_waits' ? request?.toPhase : newest?.rollbackTo) ?? null,
    metric:
      deciding && code !== 'rollback_waits' && newest?.verdict !== 'pass'
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

function headlineCode(newest: VerdictGlance | undefined, sight: Sight, waits: boolean): HeadlineCode {
  if (waits && newest?.rollbackRequired !== true) return 'rollback_waits';
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
