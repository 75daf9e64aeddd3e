import { type LiveSignal, subscribeLive } from '#lib/database/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { readStoredFlags } from '../flag-state.store.ts';
import { composeConfiguration, evaluateKey, type FlagConfiguration } from './configuration.ts';
import type { FlagEvaluation } from './evaluate-flag.ts';
import type { EvaluationContext } from './evaluation-context.ts';

/** No answer is older than this, even when no notice of a change arrives; half of what clients are promised. */
const MAX_AGE_MS = 1000;

type Watcher = (configuration: FlagConfiguration) => void;
type Loading = { generation: number; promise: Promise<FlagConfiguration> };

type Source = {
  held: { configuration: FlagConfiguration; readAtMs: number; generation: number } | null;
  /** Rises with every notice of a change; what was read in an older generation may lack that change. */
  generation: number;
  loading: Loading | null;
  watchers: Set<Watcher>;
  tick: ReturnType<typeof setInterval> | null;
  stopListening: (() => void) | null;
};

// One per process, however often Next evaluates this module.
const holder = globalThis as typeof globalThis & { phasegateFlagSource?: Source };

function flagSource(): Source {
  holder.phasegateFlagSource ??= {
    held: null,
    generation: 0,
    loading: null,
    watchers: new Set(),
    tick: null,
    stopListening: null,
  };
  return holder.phasegateFlagSource;
}

/**
 * The flags as they are served now: read again after every notice of a step, at the latest after 1 s, so that a stale
 * answer cannot live for 2 s. Within a process the version never falls; `atLeastVersion` is one that the asker has seen
 * elsewhere and makes this process look again when it is behind.
 * Errors: the database's or the policy's; nothing old is served instead.
 */
export async function currentFlags(atLeastVersion = 0): Promise<FlagConfiguration> {
  const source = flagSource();
  source.stopListening ??= subscribeLive((signal) => hear(source, signal));
  const { held } = source;
  const fresh =
    held !== null &&
    held.generation === source.generation &&
    performance.now() - held.readAtMs < MAX_AGE_MS &&
    held.configuration.version >= atLeastVersion;
  if (fresh) return held.configuration;
  const configuration = await load(source);
  if (configuration.version >= atLeastVersion) return configuration;
  source.generation += 1; // that read may have begun before the asker saw the newer version
  return await load(source);
}

/**
 * What the evaluation endpoint serves for one person at this moment, read anew and by the same path: the proof after a
 * rollback. null: the policy has no flag or signal of that name. Errors: those of `currentFlags`.
 */
export async function readBackFlag(
  key: string,
  context: EvaluationContext,
): Promise<{ evaluation: FlagEvaluation; configuration: FlagConfiguration } | null> {
  const source = flagSource();
  source.generation += 1;
  const configuration = await load(source);
  const evaluation = evaluateKey(configuration, key, context);
  return evaluation && { evaluation, configuration };
}

/** Calls `watcher` when the flags have changed, within 1 s, until the returned function is called. */
export function watchFlags(watcher: Watcher): () => void {
  const source = flagSource();
  source.watchers.add(watcher);
  source.tick ??= setInterval(() => void look(), MAX_AGE_MS);
  return () => {
    source.watchers.delete(watcher);
    if (source.watchers.size > 0 || source.tick === null) return;
    clearInterval(source.tick);
    source.tick = null;
  };
}

/** Ends the connection that hears of changes; for tests and commands, which must exit. */
export function closeFlagSource(): void {
  const source = flagSource();
  source.stopListening?.();
  source.stopListening = null;
  if (source.tick) clearInterval(source.tick);
  source.tick = null;
  source.watchers.clear();
}

function hear(source: Source, signal: LiveSignal): void {
  if (signal.kind === 'notice' && !/"topic":\s*"rollout"/.test(signal.json)) return;
  source.generation += 1;
  if (source.watchers.size > 0) void look();
}

async function look(): Promise<void> {
  try {
    await currentFlags();
  } catch {
    // Whoever asks for a flag gets this error and it is logged there; those who only wait are told at the next look.
  }
}

/** Reads the flags in the present generation. Askers of one generation share one read; reads never overlap. */
async function load(source: Source): Promise<FlagConfiguration> {
  const asked = source.generation;
  while (source.loading && source.loading.generation < asked)
    await source.loading.promise.catch(() => undefined); // its own askers get its error
  source.loading ??= start(source);
  return await source.loading.promise;
}

function start(source: Source): Loading {
  const { generation } = source;
  const promise = read(source, generation).finally(() => {
    source.loading = null;
  });
  return { generation, promise };
}

async function read(source: Source, generation: number): Promise<FlagConfiguration> {
  const readAtMs = performance.now();
  const { policy } = await loadPolicy();
  const flagKeys = Object.entries(policy.rollouts).map(
    ([id, rollout]) => [id, Object.keys(rollout.flagDefaults)] as const,
  );
  const configuration = composeConfiguration({ policy, ...(await readStoredFlags(new Map(flagKeys))) });
  const before = source.held?.configuration;
  if (before && configuration.version < before.version) {
    throw new Error(
      `flags went back from version ${before.version} to ${configuration.version}: after restoring a backup, start Phasegate again`,
    );
  }
  source.held = { configuration, readAtMs, generation };
  if (before?.tag !== configuration.tag) for (const watcher of source.watchers) watcher(configuration);
  return configuration;
}
