const HEARTBEAT_MS = 15_000;

const encoder = new TextEncoder();

/**
 * A body of server-sent events: `retry` first, then what `begin` sends, and a comment every 15 s, so that nothing in
 * between takes a quiet stream for a dead one; `beat` is sent in its place where the reader must notice the silence. It ends after `longestMs`, when `signal` aborts, or when the reader goes
 * away; the client opens it again by itself, so that whoever may no longer listen does not listen on.
 * `begin` gets a function that sends text, which is ignored once the stream has ended, and returns how to stop sending.
 */
export function eventStream(options: {
  signal: AbortSignal;
  retryMs: number;
  longestMs: number;
  beat?: string;
  begin: (send: (text: string) => void) => () => void;
}): ReadableStream<Uint8Array> {
  const { signal, retryMs, longestMs, beat = ': still here\n\n', begin } = options;
  let stop = () => {};
  return new ReadableStream({
    start(controller) {
      let stopped = false;
      const send = (text: string) => {
        if (!stopped) controller.enqueue(encoder.encode(text));
      };
      send(`retry: ${retryMs}\n\n`);
      const end = begin(send);
      const heartbeat = setInterval(() => send(beat), HEARTBEAT_MS);
      const limit = setTimeout(() => finish(), longestMs);
      stop = () => {
        if (stopped) return;
        stopped = true;
        clearInterval(heartbeat);
        clearTimeout(limit);
        end();
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
