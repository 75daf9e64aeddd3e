import { VERDICTS } from '#lib/analyzer/index.ts';
import type { PanelPoint, PanelRange } from './panel.schema.ts';

/** How long each range is, and how many seconds one drawn point stands for at least. */
export const PANEL_SPANS = {
  '2h': { seconds: 7200, pointSeconds: 900 },
  '24h': { seconds: 86_400, pointSeconds: 900 },
  '7d': { seconds: 604_800, pointSeconds: 900 },
  '30d': { seconds: 2_592_000, pointSeconds: 3600 },
} as const satisfies Record<PanelRange, { seconds: number; pointSeconds: number }>;

/** The span of closed windows a panel shows: `seconds` back from the end of the newest closed window. */
export function panelSpan(range: PanelRange, windowSeconds: number, now: Date): { from: Date; to: Date } {
  const windowMs = windowSeconds * 1000;
  const to = Math.floor(now.getTime() / windowMs) * windowMs;
  return { from: new Date(to - PANEL_SPANS[range].seconds * 1000), to: new Date(to) };
}

/**
 * Fewer points for a long range: of the windows that share a span and a phase the worst one is shown with its own
 * numbers, because an average of percentiles means nothing and would hide a violation. Windows without a verdict stay
 * gaps: a span without any window has no point. `points` come oldest first and leave oldest first.
 */
export function condensePoints(
  points: readonly PanelPoint[],
  pointSeconds: number,
  better: 'lower' | 'higher',
): PanelPoint[] {
  const pointMs = pointSeconds * 1000;
  const groups: { key: string; worst: PanelPoint; first: PanelPoint; last: PanelPoint }[] = [];
  for (const point of points) {
    const key = `${Math.floor(Date.parse(point.windowStart) / pointMs)}|${point.phase}`;
    const group = groups.at(-1);
    if (group?.key === key) {
      group.last = point;
      if (isWorse(point, group.worst, better)) group.worst = point;
    } else groups.push({ key, worst: point, first: point, last: point });
  }
  return groups.map(({ worst, first, last }) => ({
    ...worst,
    windowStart: first.windowStart,
    windowEnd: last.windowEnd,
  }));
}

function isWorse(a: PanelPoint, b: PanelPoint, better: 'lower' | 'higher'): boolean {
  const byVerdict = VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict);
  if (byVerdict !== 0) return byVerdict > 0;
  if (a.value === null || b.value === null) return a.value !== null;
  return better === 'lower' ? a.value > b.value : a.value < b.value;
}
