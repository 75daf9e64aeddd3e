import { describe, expect, it } from 'vitest';
import { shippedContext } from '#scripts/test/nasty-lines.ts';
import { compileEventRules, validateEvent } from './index.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const { policy, catalogue } = shippedContext(NOW);
const rules = compileEventRules(policy, catalogue);

const judged = (event: Record<string, unknown>) =>
  validateEvent(
    rules,
    { ts: '2026-11-21T11:50:00Z', component: 'autosave', feature: 'autosave', phase: 'A', ...event },
    NOW.getTime(),
  );
const save = (fields: Record<string, unknown>) => judged({ event: 'autosave.save.completed', ...fields });

describe('numbers that a sum could not hold', () => {
  // Two events of 1e308 made the sum of their window overflow: PostgreSQL refused it, and the file was never counted.
  it.each([1.1e100, 1e308, Number.MAX_VALUE])('quarantines a duration of %s ms [TEL-10]', (value) => {
    expect(save({ duration_ms: value })).toMatchObject({
      accepted: false,
      reason: 'out_of_range',
      field: 'duration_ms',
    });
  });

  it('accepts the largest magnitude, whose products and sums stay finite [TEL-10]', () => {
    expect(save({ duration_ms: 1e100, bytes: 1e100 })).toMatchObject({ accepted: true });
    const diff = judged({
      event: 'merge.diff.apply',
      component: 'merge',
      feature: 'merge',
      phase: 'B-0',
      auto_accepted: true,
      hunk_count: 1e100,
      auto_accept_ratio: 1,
    });
    expect(diff).toMatchObject({ accepted: true });
  });
});
