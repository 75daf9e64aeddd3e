import { log } from '#lib/config/server.ts';

const SHORTEST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;
/** While nobody answers: by then every function takes a look by itself. */
const LONGEST_PAUSE_AFTER_FAILURE_MS = 60_000;
const ANSWER_WITHIN_MS = 15_000;

/**
 * Makes one question of several: the first thing that is named is asked for now, those that come within the pause after it
 * together. The pause doubles up to two seconds for as long as there is always more, so that even a change that caused
 * itself would keep nobody busy; after a quiet one it is short again. What could not be asked for is asked for again.
 * Returns how to name a thing.
 */
export function askTogether(ask: (things: ReadonlySet<string>) => Promise<void>): (thing: string) => void {
  let waiting = new Set<string>();
  let pauseMs = SHORTEST_PAUSE_MS;
  let busy = false;

  async function run(): Promise<void> {
    const asking = waiting;
    waiting = new Set();
    busy = true;
    let longestMs = LONGEST_PAUSE_MS;
    try {
      await within(ANSWER_WITHIN_MS, ask(asking));
    } catch (err) {
      longestMs = LONGEST_PAUSE_AFTER_FAILURE_MS;
      for (const thing of asking) waiting.add(thing);
      log('jobs').warn({ err, pauseMs }, 'what changed could not be followed at once; trying again');
    }
    setTimeout(() => {
      busy = false;
      const more = waiting.size > 0;
      pauseMs = more ? Math.min(longestMs, pauseMs * 2) : SHORTEST_PAUSE_MS;
      if (more) void run();
    }, pauseMs).unref();
  }

  return (thing) => {
    waiting.add(thing);
    if (!busy) void run();
  };
}

/** Waits no longer than that: an engine that takes a question and never answers must not silence all that follow. */
async function within(limitMs: number, work: Promise<void>): Promise<void> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => limit.reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  try {
    await Promise.race([work, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}
