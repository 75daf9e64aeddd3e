import type { PanelQuery, PanelRange } from './panel.schema.ts';

const RANGE_SECONDS = {
  '2h': 7200,
  '24h': 86_400,
  '7d': 604_800,
  '30d': 2_592_000,
  '90d': 7_776_000,
} as const satisfies Record<PanelRange, number>;

/** A chart is about as many points wide; more would only cover each other. */
const MOST_POINTS = 750;
/** How many seconds a point may stand for: divisors of a day, so that a day is never cut in two. */
const POINT_SECONDS = [900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400] as const;

/** The span of closed windows a panel shows, and how many seconds one drawn point stands for at least. */
export type PanelSpan = { from: Date; to: Date; pointSeconds: number };

/**
 * What a query asks for in whole windows: the range back from the end of the newest closed window, or the stretch that is
 * looked at closely, widened to whole windows. Pure.
 */
export function panelSpan(query: PanelQuery, windowSeconds: number, now: Date): PanelSpan {
  const windowMs = windowSeconds * 1000;
  const newest = Math.floor(now.getTime() / windowMs) * windowMs;
  const from =
    query.from === undefined
      ? newest - RANGE_SECONDS[query.range] * 1000
      : Math.floor(Date.parse(query.from) / windowMs) * windowMs;
  const to = query.to === undefined ? newest : Math.ceil(Date.parse(query.to) / windowMs) * windowMs;
  return { from: new Date(from), to: new Date(to), pointSeconds: pointSecondsFor(to - from, windowSeconds) };
}

function pointSecondsFor(spanMs: number, windowSeconds: number): number {
  const fits = POINT_SECONDS.find((each) => spanMs / 1000 / each <= MOST_POINTS);
  return Math.max(windowSeconds, fits ?? POINT_SECONDS.at(-1) ?? windowSeconds);
}
