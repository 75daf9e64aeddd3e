import { cron } from 'inngest';
import { loadPolicy } from '#lib/policy/server.ts';
import { applyRetention as deleteWhatIsTooOld } from '#lib/retention/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { retentionRequested } from '../events.ts';
import { onFailure } from '../on-failure.ts';

// The zone counts from the next start on, when functions are registered again.
const { timezone } = (await loadPolicy()).policy;

/** Deletes every night what is older than the policy keeps it (`retention` in governance/policy.yaml). */
export const applyRetention = inngest.createFunction(
  {
    id: 'apply-retention',
    name: 'Delete what is too old',
    triggers: [cron(`TZ=${timezone} 20 3 * * *`), retentionRequested],
    concurrency: 1,
    retries: 3,
    onFailure,
  },
  ({ step }) => step.run('delete', () => attempt(() => deleteWhatIsTooOld())),
);
