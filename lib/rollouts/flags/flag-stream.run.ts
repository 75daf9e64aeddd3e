import { eventStream } from '#lib/event-stream/server.ts';
import { currentFlags, watchFlags } from './flag-source.run.ts';
import { refetchEvent } from './ofrep.ts';

const LONGEST_MS = 15 * 60_000;
const RECONNECT_MS = 1000;

/**
 * Server-sent events of OFREP: a call to ask again when the flags have changed, within 1 s and as a rule at once. Also
 * one at the beginning: whatever changed between the client's last answer and this connection is not missed; unchanged
 * flags cost it a 304. A comment every 15 s. Ends after 15 minutes or when `signal` aborts.
 * Errors: those of `currentFlags`.
 */
export async function flagStream(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const first = await currentFlags();
  return eventStream({
    signal,
    retryMs: RECONNECT_MS,
    longestMs: LONGEST_MS,
    begin: (send) => {
      let toldTag = '';
      const tell = (configuration: typeof first) => {
        if (configuration.tag === toldTag) return;
        toldTag = configuration.tag;
        send(refetchEvent(configuration));
      };
      const unwatch = watchFlags(tell);
      tell(first);
      return unwatch;
    },
  });
}
