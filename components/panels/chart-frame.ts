/** Where the drawn area lies within a chart, so that what is laid over and under it stands on the same time. Units: px. */
export type ChartFrame = { left: number; right: number; top: number; bottom: number; height: number };

const WIDE: ChartFrame = { left: 72, right: 96, top: 22, bottom: 30, height: 320 };
const NARROW: ChartFrame = { left: 56, right: 8, top: 22, bottom: 30, height: 240 };

export const chartFrame = (narrow: boolean): ChartFrame => (narrow ? NARROW : WIDE);
