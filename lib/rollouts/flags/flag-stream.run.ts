import { currentFlags, watchFlags } from './flag-source.run.ts';
import { refetchEvent } from './ofrep.ts';

const HEARTBEAT_MS = 15_000;
// A stream ends after this long and the client opens it again, so that a revoked key does not listen on.
const LONGEST_MS = 15 * 60_000;
const RECONNECT_MS = 1000;

const encoder = new TextEncoder();

/**
 * Server-sent events of OFREP: a call to ask again when the flags have changed, within 1 s and as a rule at once. Also
 * one at the beginning: whatever changed between the client's last answer and this connection is not missed; unchanged
 * flags cost it a 304. A comment every 15 s. Ends after 15 minutes or when `signal` aborts.
 * Errors: those of `currentFlags`.
 */
export async function flagStream(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const first = await currentFlags();
  let stop = () => {};
  return new ReadableStream({
    start(controller) {
      let stopped = false;
      let toldTag = '';
      const send = (text: string) => controller.enqueue(encoder.encode(text));
      const tell = (configuration: typeof first) => {
        if (stopped || configuration.tag === toldTag) return;
        toldTag = configuration.tag;
        send(refetchEvent(configuration));
      };
      send(`retry: ${RECONNECT_MS}\n\n`);
      const unwatch = watchFlags(tell);
      tell(first);
      const heartbeat = setInterval(() => send(': still here\n\n'), HEARTBEAT_MS);
      const end = setTimeout(() => finish(), LONGEST_MS);
      stop = () => {
        if (stopped) return;
        stopped = true;
        clearInterval(heartbeat);
        clearTimeout(end);
        unwatch();
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
