import { cron } from 'inngest';
import { watchCollector } from '#lib/watch/server.ts';
import { attempt } from '../attempt.ts';
import { inngest } from '../client.ts';
import { watchRequested } from '../events.ts';
import { onFailure } from '../on-failure.ts';

/** Notices when the newest closed window is too old, and puts it on record (architecture decision 17). */
export const watchdog = inngest.createFunction(
  {
    id: 'watchdog',
    name: 'Watch the Collector',
    triggers: [cron('*/5 * * * *'), watchRequested],
    concurrency: 1,
    retries: 1,
    onFailure,
  },
  ({ step }) => step.run('look', () => attempt(() => watchCollector())),
);
