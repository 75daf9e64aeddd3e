import { type LiveSignal, subscribeLive } from '#lib/database/server.ts';
import { eventStream } from '#lib/event-stream/server.ts';

const LONGEST_MS = 5 * 60_000;
const RECONNECT_MS = 2_000;

const frame = (signal: LiveSignal): string =>
  signal.kind === 'notice' ? `event: notice\ndata: ${signal.json}\n\n` : 'event: resync\ndata: {}\n\n';

/**
 * Server-sent events of the live notices (DASH-7): `ready` at the beginning, `notice` with {topic, rolloutId?}, `resync`
 * when notices may have been missed, and `beat` every
 * 15 s, by whose absence a page finds that its line is dead. Ends after 5 minutes, so that a revoked session does not listen on, or when `signal`
 * aborts; the browser reconnects. `subscribe` is the source of signals.
 */
export function liveStream(
  signal: AbortSignal,
  subscribe: typeof subscribeLive = subscribeLive,
): ReadableStream<Uint8Array> {
  return eventStream({
    signal,
    retryMs: RECONNECT_MS,
    longestMs: LONGEST_MS,
    beat: 'event: beat\ndata: {}\n\n',
    begin: (send) => {
      send('event: ready\ndata: {}\n\n');
      return subscribe((live) => send(frame(live)));
    },
  });
}
