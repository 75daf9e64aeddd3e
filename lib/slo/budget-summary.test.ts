import { expect, it } from 'vitest';
import { budgetOf } from './budget.ts';
import { pagingBudget, summariesOf } from './budget-summary.ts';
import type { BurnAlert, SloObjective } from './slo-report.schema.ts';

const alert = (
  severity: 'page' | 'ticket',
  firing: boolean,
  exhaustedInSeconds: number | null,
): BurnAlert => ({
  severity,
  budgetShare: 0.1,
  longSeconds: 3600,
  shortSeconds: 900,
  thresholdRate: 3,
  longBurnRate: 4,
  shortBurnRate: 4,
  firing,
  tooFew: false,
  exhaustedInSeconds,
});

const objective = (phase: string, metric: string, alerts: BurnAlert[]): SloObjective => ({
  phase,
  metric,
  label: { ja: metric, en: metric },
  unit: 'ratio',
  basis: 'events',
  limit: null,
  budget: budgetOf([], 0.99, { healthy: 0.75, observe: 0.5, attention: 0.25 }),
  burnDown: [],
  alerts,
});

const objectives = [
  objective('A', 'left', [alert('page', true, 5)]),
  objective('B', 'quiet', [alert('page', false, 1), alert('ticket', false, 2)]),
  objective('B', 'ticket', [alert('page', false, 3), alert('ticket', true, 4)]),
  objective('B', 'both', [alert('ticket', true, 6), alert('page', true, null)]),
  objective('B', 'page', [alert('page', true, 7)]),
];

it('names the most urgent alert that fires [DASH-4]', () => {
  expect(summariesOf(objectives).map(({ metric, firing }) => [metric, firing])).toEqual([
    ['left', { severity: 'page', exhaustedInSeconds: 5 }],
    ['quiet', null],
    ['ticket', { severity: 'ticket', exhaustedInSeconds: 4 }],
    ['both', { severity: 'page', exhaustedInSeconds: null }],
    ['page', { severity: 'page', exhaustedInSeconds: 7 }],
  ]);
});

it('calls a person for a page in the phase the rollout is in, and for no other [DASH-4]', () => {
  const summaries = summariesOf(objectives);
  expect(pagingBudget(summaries, 'B')?.metric).toBe('both');
  expect(pagingBudget(summaries, 'A')?.metric).toBe('left');
  expect(pagingBudget(summaries, 'C')).toBeNull();
});
