import { type LiveSignal, subscribeLive } from '#lib/database/server.ts';

const HEARTBEAT_MS = 15_000;
// A stream ends after this long and the browser opens it again, so that a revoked session does not listen on.
const LONGEST_MS = 5 * 60_000;
const RECONNECT_MS = 2_000;

const encoder = new TextEncoder();
const frame = (signal: LiveSignal): string =>
  signal.kind === 'notice' ? `event: notice\ndata: ${signal.json}\n\n` : 'event: resync\ndata: {}\n\n';

/**
 * Server-sent events of the live notices (DASH-7): `notice` with {topic, rolloutId?}, `resync` when notices may have
 * been missed, a comment every 15 s. Ends after 5 minutes or when `signal` aborts; the browser reconnects.
 * `subscribe` is the source of signals.
 */
export function liveStream(
  signal: AbortSignal,
  subscribe: typeof subscribeLive = subscribeLive,
): ReadableStream {
  let stop = () => {};
  return new ReadableStream({
    start(controller) {
      const send = (text: string) => controller.enqueue(encoder.encode(text));
      send(`retry: ${RECONNECT_MS}\n\nevent: ready\ndata: {}\n\n`);
      const unsubscribe = subscribe((live) => send(frame(live)));
      const heartbeat = setInterval(() => send(': still here\n\n'), HEARTBEAT_MS);
      const end = setTimeout(() => finish(), LONGEST_MS);
      let stopped = false;
      stop = () => {
        if (stopped) return;
        stopped = true;
        clearInterval(heartbeat);
        clearTimeout(end);
        unsubscribe();
        signal.removeEventListener('abort', finish);
      };
      function finish() {
        if (stopped) return;
        stop();
        controller.close();
      }
      signal.addEventListener('abort', finish);
      if (signal.aborted) finish();
    },
    cancel: () => stop(),
  });
}
