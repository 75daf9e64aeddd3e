import { Inngest } from 'inngest';
import { log } from '#lib/config/server.ts';
import { APP_ID } from './app-id.ts';

/**
 * Phasegate's Inngest client. INNGEST_BASE_URL, INNGEST_EVENT_KEY and INNGEST_SIGNING_KEY say which engine it talks to:
 * the embedded runner, a self-hosted Inngest or Inngest Cloud. No function knows which.
 */
export const inngest = new Inngest({ id: APP_ID, logger: log('inngest') });
