import type { PhaseVerdict } from '#lib/analyzer/index.ts';
import { judgeSimulated } from '#lib/analyzer/server.ts';
import { breachLines, latencyLines, SimulationError } from '#lib/collector/index.ts';
import { countLines } from '#lib/collector/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { findPhase, type LoadedPolicy } from '#lib/policy/index.ts';
import type { TimeSpan, WindowSeries } from '#lib/telemetry/index.ts';

export type Breach = {
  rolloutId: string;
  phase: string;
  windowEnd: Date;
  breach: boolean;
  metric: string | undefined;
  latencySeconds: number | null;
};

/** What was judged: the real judge's verdict over what was simulated. */
export type PlayedBreach = { metric: string | null; lines: number; verdict: PhaseVerdict };

/**
 * Simulates telemetry that breaks an objective, counts it as any other, and judges it; nothing is stored (COL-7, ROL-8).
 * Errors: AppError UNPROCESSABLE `nothing_to_break`, whose text says what the phase has.
 */
export async function playBreach(loaded: LoadedPolicy, ask: Breach): Promise<PlayedBreach> {
  const { rolloutId, phase, windowEnd } = ask;
  const metric = ask.breach ? (ask.metric ?? firstToBreak(loaded, ask)) : null;
  const at = new Date(windowEnd.getTime() - 1000);
  const lines = metric === null ? [] : simulated(() => breachLines(ask, metric, at, loaded));
  const late = ask.latencySeconds === null ? [] : latencyLines(ask, ask.latencySeconds, at, loaded);
  const broken = count(lines, loaded, windowEnd);
  const delayed = count(late, loaded, windowEnd);
  const verdict = await judgeSimulated({ rolloutId, phase, windowEnd }, (windows) => [
    // The same breach in every window that is looked at: rules over hours and days are broken by it, too.
    ...windows.flatMap((window) => broken.map((series) => inWindow(series, window))),
    ...delayed.filter(({ event }) => !broken.some((series) => series.event === event)),
  ]);
  return { metric, lines: lines.length + late.length, verdict };
}

/** The objective that is broken where nobody says which: the first that asks for a rollback, else the first that decides. */
function firstToBreak({ policy }: LoadedPolicy, { rolloutId, phase }: Breach): string {
  const deciding = (findPhase(policy, rolloutId, phase)?.objectives ?? []).filter(({ shadow }) => !shadow);
  const first = deciding.find(({ onViolation }) => onViolation === 'roll_back') ?? deciding[0];
  if (first) return first.metric;
  throw new AppError('UNPROCESSABLE', `phase ${phase} has no objective that could be broken`, {
    reason: 'nothing_to_break',
  });
}

function simulated(make: () => string[]): string[] {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof SimulationError)) throw error;
    throw new AppError('UNPROCESSABLE', error.message, { reason: 'nothing_to_break' });
  }
}

/** The lines as windows hold them; their tag, which keeps them out of verdicts, is taken off for this judge alone. */
function count(lines: readonly string[], loaded: LoadedPolicy, now: Date): WindowSeries[] {
  if (lines.length === 0) return [];
  const { policy, catalogue } = loaded;
  const counted = countLines(
    Buffer.from(`${lines.join('\n')}\n`),
    { byteOffset: 0, lineNumber: 1 },
    { policy, catalogue, now },
  );
  if (counted.quarantine.length > 0)
    throw new Error(`a simulated line was refused: ${counted.quarantine[0]?.message}`);
  return counted.series.map((series) => ({ ...series, tagSet: '' }));
}

const inWindow = (series: WindowSeries, window: TimeSpan): WindowSeries => ({
  ...series,
  windowStart: window.start.toISOString(),
});
