import { Client, type Notification } from 'pg';
import { env } from '#lib/config/server.ts';

const CHANNEL = 'phasegate_live';
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;
/** A line may die without an end, behind a lost network or a paused machine; whoever only listens must ask to find out. */
const ASK_EVERY_MS = 10_000;
const ANSWER_WITHIN_MS = 10_000;

/** What a listener hears: a notice's JSON as sent, or that notices may have been missed and everything is to be reread. */
export type LiveSignal = { kind: 'notice'; json: string } | { kind: 'resync' };
type Listener = (signal: LiveSignal) => void;

type Hub = {
  listeners: Set<Listener>;
  client: Client | null;
  retry: ReturnType<typeof setTimeout> | null;
  failures: number;
};

// One connection per process, however often Next evaluates this module.
const holder = globalThis as typeof globalThis & { phasegateLiveHub?: Hub };

function liveHub(): Hub {
  holder.phasegateLiveHub ??= { listeners: new Set(), client: null, retry: null, failures: 0 };
  return holder.phasegateLiveHub;
}

/**
 * Hears every live notice of the database until the returned function is called (DASH-7). All listeners of a process
 * share one connection, opened with the first and closed with the last; when it breaks, or does not answer for 20 s, it is
 * opened again with growing pauses, and listeners get `resync`.
 */
export function subscribeLive(listener: Listener): () => void {
  const hub = liveHub();
  hub.listeners.add(listener);
  if (!hub.client && !hub.retry) void connect(hub);
  return () => {
    hub.listeners.delete(listener);
    if (hub.listeners.size === 0) void disconnect(hub);
  };
}

function tell(hub: Hub, signal: LiveSignal): void {
  for (const listener of hub.listeners) listener(signal);
}

async function connect(hub: Hub): Promise<void> {
  hub.retry = null;
  const client = new Client({
    connectionString: env().databaseUrl,
    application_name: 'phasegate-live',
    connectionTimeoutMillis: ANSWER_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
  });
  hub.client = client;
  let lost = false;
  let asking: ReturnType<typeof setInterval> | undefined;
  const lose = () => {
    if (lost) return;
    lost = true;
    clearInterval(asking);
    if (hub.client !== client) return;
    retryLater(hub);
    void client.end().catch(() => undefined); // already gone is as good as closed
  };
  client.on('error', lose);
  client.on('end', lose);
  client.on('notification', ({ payload }: Notification) => {
    if (payload !== undefined) tell(hub, { kind: 'notice', json: payload });
  });
  try {
    await client.connect();
    await client.query(`LISTEN ${CHANNEL}`);
    hub.failures = 0;
    if (!lost) asking = setInterval(() => client.query('SELECT 1').catch(lose), ASK_EVERY_MS);
    tell(hub, { kind: 'resync' });
  } catch {
    // The reason is the database's and every page request meets it, too; here only the next attempt matters.
    lose();
  }
}

function retryLater(hub: Hub): void {
  hub.client = null;
  if (hub.listeners.size === 0) return;
  const pauseMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** hub.failures);
  hub.failures += 1;
  hub.retry = setTimeout(() => void connect(hub), pauseMs);
}

async function disconnect(hub: Hub): Promise<void> {
  if (hub.retry) clearTimeout(hub.retry);
  const client = hub.client;
  hub.retry = null;
  hub.client = null;
  await client?.end().catch(() => undefined); // already gone is as good as closed
}
