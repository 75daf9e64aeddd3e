import { type Part, remainingRatio, sumParts } from './budget.ts';
import type { SloObjective } from './slo-report.schema.ts';

/**
 * How a budget went down, day by day: what was left of the whole period's budget after each day. A day on which nothing was
 * counted is a gap, never a level line. The last day with counts ends at the budget's own `remainingRatio`. Pure.
 */
export function burnDownOf(
  days: readonly { day: string; parts: readonly Part[] }[],
): SloObjective['burnDown'] {
  const whole = sumParts(days.flatMap(({ parts }) => parts));
  let spent = 0;
  return days.map(({ day, parts }) => {
    const { goodCount, badCount } = sumParts(parts);
    spent += badCount;
    const counted = goodCount + badCount > 0;
    return {
      day,
      goodCount,
      badCount,
      remainingRatio: counted ? remainingRatio({ ...whole, badCount: spent }) : null,
    };
  });
}
