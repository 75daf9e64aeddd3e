import { readFileSync } from 'node:fs';

// npm and the terminal both deliver one Ctrl-C; what arrives within this time is the same request.
const SAME_REQUEST_MS = 1_000;

/**
 * Calls `stop` at the first request to end (Ctrl-C, SIGTERM, a closed terminal, our parent gone) and `force` when a
 * person asks again.
 */
export function onStopRequest(stop: (why: string) => void, force: () => void): void {
  let first: number | undefined;
  const request = (why: string): void => {
    const now = performance.now();
    if (first === undefined) {
      first = now;
      stop(why);
    } else if (now - first > SAME_REQUEST_MS) force();
  };
  process.on('SIGINT', () => request('Ctrl-C'));
  process.on('SIGTERM', () => request('SIGTERM'));
  if (!hangupIgnored()) process.on('SIGHUP', () => request('the terminal was closed'));
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    request('the command that started this is gone');
  }, 1_000);
  watch.unref();
  // A reader that went away (`npm run demo | head`) must not end us in mid-air.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** Under nohup the system ignores SIGHUP for us; listening to it would undo that. */
function hangupIgnored(): boolean {
  try {
    const ignored = /^SigIgn:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return ignored !== undefined && (BigInt(`0x${ignored}`) & 1n) === 1n;
  } catch {
    return false; // systems without /proc
  }
}
