import { emptyHistogram, type WindowSeries } from '#lib/telemetry/counting.ts';
import type { FieldTotals } from './field-totals.ts';

/** The events of one window, phase, event, tag set and dimensions: counted once, stored for each rollout. */
export class Cell {
  readonly windowStartMs: number;
  readonly event: string;
  readonly phase: string;
  readonly rollouts: readonly string[];
  readonly tagSet: string;
  readonly dims: string;
  readonly fields: FieldTotals[] = [];
  count = 0;

  constructor(identity: {
    windowStartMs: number;
    event: string;
    phase: string;
    rollouts: readonly string[];
    tagSet: string;
    dims: string;
  }) {
    this.windowStartMs = identity.windowStartMs;
    this.event = identity.event;
    this.phase = identity.phase;
    this.rollouts = identity.rollouts;
    this.tagSet = identity.tagSet;
    this.dims = identity.dims;
  }

  /** One row that counts the events and one for each number field that was present, for each rollout. */
  toSeries(): WindowSeries[] {
    if (this.count === 0) return [];
    const windowStart = new Date(this.windowStartMs).toISOString();
    const { event, phase, tagSet, dims } = this;
    const numbers = this.fields
      .filter((totals) => totals.count > 0)
      .map((totals) => ({
        field: totals.field,
        count: totals.count,
        sum: totals.sum,
        min: totals.min,
        max: totals.max,
        histogram: totals.histogram(),
        lines: totals.lines(),
      }));
    const counted = {
      field: '',
      count: this.count,
      sum: 0,
      min: null,
      max: null,
      histogram: emptyHistogram(),
      lines: [],
    };
    return this.rollouts.flatMap((rolloutId) =>
      [counted, ...numbers].map((row) => ({ rolloutId, phase, windowStart, event, tagSet, dims, ...row })),
    );
  }
}
