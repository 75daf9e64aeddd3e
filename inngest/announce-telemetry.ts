import { env, log } from '#lib/config/server.ts';
import { inngest } from './client.ts';
import { telemetryArrived } from './events.ts';

/** What arrives within this time of an announcement is announced together: one look a second is soon enough. */
const PAUSE_MS = 1000;

/** When the oldest of what was counted and not announced yet arrived. */
let since: Date | null = null;
let pausing = false;

/**
 * Tells the fast lane that telemetry was committed (TEL-8). Returns at once and never fails: ingest does not wait for the
 * engine. The first is told at once, what follows within a second together; while the engine does not answer, once a
 * second again. Lost with the process, which costs time and no verdict: the closed window is judged in any case.
 */
export function announceTelemetry(receivedAt: Date): void {
  if (env().inngest.eventKey === undefined) return; // no engine: a test of the route, or a command
  since ??= receivedAt;
  if (!pausing) void announce();
}

async function announce(): Promise<void> {
  if (since === null) return;
  const from = since;
  since = null;
  pausing = true;
  try {
    await inngest.send(telemetryArrived.create({ since: from.toISOString() }));
  } catch (err) {
    since = from;
    log('ingest').warn({ err }, 'the fast lane could not be told of new telemetry; trying again');
  }
  setTimeout(() => {
    pausing = false;
    void announce();
  }, PAUSE_MS).unref();
}
