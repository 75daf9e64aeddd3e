/** Nothing is timed: a wait ends when what is awaited is there. This only ends what hangs, also on a very busy machine. */
export const PATIENCE_MS = 240_000;
