import { expect, it } from 'vitest';
import { shipped } from '#scripts/test/window-series.ts';
import { countsAgainst } from './counts-against.ts';

const merge = countsAgainst(shipped.policy, 'autosave-merge');
const autosave = countsAgainst(shipped.policy, 'autosave');

it('says which metrics of a rollout an event counts against, by the policy alone [DASH-1] [ANA-2]', () => {
  expect(autosave('autosave.save.error', { code: 'timeout', retryable: true })).toEqual(['save_error_rate']);
  expect(autosave('autosave.history.drift', {})).toEqual(['history_drift']);
  expect(merge('autosave.restore.result', { success: false })).toContain('restore_success_rate');
  expect(merge('merge.diff.apply', { auto_accepted: false, precision: 'beta' })).toContain(
    'merge_auto_success_rate',
  );
  // Judged as an increase over a baseline: the rate behind it is what the event counts in.
  expect(merge('client.crash', {})).toContain('crash_rate');
});

it('says none of what went well, of what is only watched, and of unknown rollouts [DASH-1]', () => {
  expect(autosave('autosave.save.completed', { retried: true })).toEqual([]);
  expect(merge('autosave.restore.result', { success: true })).toEqual([]);
  expect(merge('merge.diff.apply', { auto_accepted: true })).toEqual([]);
  expect(countsAgainst(shipped.policy, 'none')('autosave.save.error', {})).toEqual([]);
});
