import { env, log } from '#lib/config/server.ts';
import { fastLaneWanted } from '#lib/rollouts/server.ts';
import { inngest } from './client.ts';
import { telemetryArrived } from './events.ts';

/** Looks are this far apart at least, and so far that looking takes no more than a fifth of the time. */
const SHORTEST_PAUSE_MS = 250;
const PAUSES_PER_LOOK = 4;

/** When the oldest of what was counted and not looked at yet arrived. */
let since: Date | null = null;
let uncounted = false;
let busy = false;

/**
 * Tells the fast lane that telemetry was committed (TEL-8). Returns at once and never fails: ingest waits for nothing. The
 * first is looked at now, what follows within the pause together; only what asks for a decision becomes an event, and
 * while the engine does not answer it is told again. What is lost with the process the next reading of files finds.
 * `counted`: false where the batch was too large to be counted before its sender was answered; the run does it then.
 */
export function announceTelemetry(receivedAt: Date, counted: boolean): void {
  if (env().inngest.eventKey === undefined) return; // no engine: a test of the route
  since ??= receivedAt;
  uncounted ||= !counted;
  if (!busy) void look();
}

async function look(): Promise<void> {
  if (since === null) return;
  const from = since;
  const toCount = uncounted;
  since = null;
  uncounted = false;
  busy = true;
  const begun = performance.now();
  try {
    if (toCount || (await fastLaneWanted({ since: from, now: new Date() })))
      await inngest.send(telemetryArrived.create({ since: from.toISOString() }));
  } catch (err) {
    since = from;
    uncounted ||= toCount;
    log('ingest').warn({ err }, 'the fast lane could not be told of new telemetry; trying again');
  }
  const pauseMs = Math.max(SHORTEST_PAUSE_MS, PAUSES_PER_LOOK * (performance.now() - begun));
  setTimeout(() => {
    busy = false;
    void look();
  }, pauseMs).unref();
}
