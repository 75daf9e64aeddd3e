import { inTransaction } from '#lib/database/server.ts';
import { type AppAddress, requestApp } from './call-app.client.ts';
import { replaceFunctions } from './functions.store.ts';
import { acceptRegistration } from './registration.ts';
import { announceWork } from './runs.store.ts';

const SYNC_TIMEOUT_MS = 30_000;

/** The app answered, but not with its functions; it may later, or the keys differ. */
export class SyncError extends Error {
  override readonly name = 'SyncError';
}

/** Registers what the app says its functions are. Errors: RegistrationError; then nothing was changed. */
export async function register(body: unknown, now: Date): Promise<{ functions: number; modified: boolean }> {
  const configs = acceptRegistration(body);
  const modified = await inTransaction(async (tx) => {
    const changed = await replaceFunctions(tx, configs, now);
    if (changed) await announceWork(tx);
    return changed;
  });
  return { functions: configs.length, modified };
}

/**
 * Asks the app for its functions and registers them. The app answers in-band; one that is configured for the other way
 * registers through POST /fn/register before it answers.
 * Errors: UnreachableError while the app is not there, SyncError when it does not answer with its functions,
 * RegistrationError when they are refused.
 */
export async function syncApp(app: AppAddress, now: Date): Promise<{ modified: boolean }> {
  const answer = await requestApp(app, {
    method: 'PUT',
    query: {},
    body: { url: new URL('/api/inngest', app.appUrl).href },
    headers: { 'x-inngest-sync-kind': 'in_band' },
    timeoutMs: SYNC_TIMEOUT_MS,
  });
  if (answer.status !== 200) {
    throw new SyncError(`the app answered HTTP ${answer.status} to a sync: ${answer.body.slice(0, 300)}`);
  }
  if (!answer.signed) throw new SyncError('the app does not hold the same INNGEST_SIGNING_KEY');
  if (answer.headers['x-inngest-sync-kind'] !== 'in_band') return { modified: true };
  return register(JSON.parse(answer.body), now);
}
