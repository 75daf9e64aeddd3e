import { breached, EVENT_SHARES, healthyProfile, type PhaseProfile } from './profile.ts';
import { SeededRandom } from './random.ts';

/** Breaks one metric in [start, end), in all phases or those named. */
export type Breach = { metric: string; start: Date; end: Date; phases?: readonly string[] };

export type GeneratorOptions = {
  seed: number;
  /** Half-open, UTC. */
  start: Date;
  end: Date;
  /** Of all phases together. */
  eventsPerMinute: number;
  phases: readonly string[];
  /** Behaviour of single phases where it is not the healthy one. */
  profile?: Readonly<Record<string, Partial<PhaseProfile>>>;
  breaches?: readonly Breach[];
};

const HOUR_MS = 3_600_000;
const COLLECTOR_EVERY_MS = 300_000;

/**
 * Telemetry as the mission describes it (seed 000 §3), one JSON line without newline at a time, in the order of time.
 * The same options give the same lines. Failures come at even distances, never in clumps, and not at all where a single one
 * would break an SLO (few events per minute): the healthy profile meets every SLO at any volume that has enough samples.
 * Errors: RangeError for an empty list of phases or a breach of an unknown metric.
 */
export function* generateEvents(options: GeneratorOptions): Generator<string, void, undefined> {
  if (options.phases.length === 0) throw new RangeError('generateEvents needs at least one phase');
  const random = new SeededRandom(options.seed);
  const perPhasePerMinute = options.eventsPerMinute / options.phases.length;
  const phases = options.phases.map((phase) => new PhaseSource(phase, options, random, perPhasePerMinute));
  const startMs = options.start.getTime();
  const stepMs = 60_000 / options.eventsPerMinute;
  const count = Math.floor((options.end.getTime() - startMs) / stepMs);
  for (let i = 0; i < count; i += 1) {
    const atMs = startMs + Math.floor((i + random.next()) * stepMs);
    const source = phases[i % phases.length];
    if (!source) return;
    yield* source.rareEvents(atMs);
    yield source.event(atMs);
  }
}

/** Says yes for `ratio` of the calls, spread evenly: at most one more or less than ratio × calls at any time. */
class EvenShare {
  #carry: number;

  constructor(phase: number) {
    this.#carry = phase;
  }

  take(ratio: number): boolean {
    this.#carry += ratio;
    if (this.#carry < 1) return false;
    this.#carry -= 1;
    return true;
  }
}

class PhaseSource {
  readonly #phase: string;
  readonly #random: SeededRandom;
  readonly #healthy: PhaseProfile;
  readonly #breaches: { startMs: number; endMs: number; profile: PhaseProfile }[];
  readonly #errors: EvenShare;
  readonly #restoreFailures: EvenShare;
  readonly #conflicts: EvenShare;
  readonly #crashes = new EvenShare(0);
  readonly #startMs: number;
  #nextCollectorMs: number;
  #lastRareMs: number;
  #iso = '';
  #isoSecond = Number.NaN;

  constructor(phase: string, options: GeneratorOptions, random: SeededRandom, perMinute: number) {
    this.#phase = phase;
    this.#random = random;
    const asked = { ...healthyProfile(phase), ...options.profile?.[phase] };
    // One failure among few operations is already a breach of the tightest SLO: such phases have none while healthy.
    const savesPerWindow = perMinute * 15 * 0.75;
    const restoresPerTwoHours = perMinute * 120 * EVENT_SHARES.restore;
    this.#healthy = {
      ...asked,
      saveErrorRatio: savesPerWindow * 0.002 < 1 ? 0 : asked.saveErrorRatio,
      restoreFailureRatio: restoresPerTwoHours * 0.003 < 1 ? 0 : asked.restoreFailureRatio,
    };
    this.#breaches = (options.breaches ?? [])
      .filter((breach) => breach.phases === undefined || breach.phases.includes(phase))
      .map((breach) => ({
        startMs: breach.start.getTime(),
        endMs: breach.end.getTime(),
        profile: breached(asked, breach.metric),
      }));
    this.#errors = new EvenShare(random.next());
    this.#restoreFailures = new EvenShare(random.next());
    this.#conflicts = new EvenShare(random.next());
    this.#startMs = options.start.getTime();
    this.#nextCollectorMs = this.#startMs;
    this.#lastRareMs = this.#startMs;
  }

  #profileAt(atMs: number): PhaseProfile {
    for (const breach of this.#breaches)
      if (atMs >= breach.startMs && atMs < breach.endMs) return breach.profile;
    return this.#healthy;
  }

  /** Events that come by the hour or day, whatever the volume: collector latency, drift, bugs. */
  *rareEvents(atMs: number): Generator<string> {
    const profile = this.#profileAt(atMs);
    const hours = (atMs - this.#lastRareMs) / HOUR_MS;
    this.#lastRareMs = atMs;
    const ts = this.#timestamp(atMs);
    if (atMs >= this.#nextCollectorMs) {
      this.#nextCollectorMs += COLLECTOR_EVERY_MS;
      const ms = Math.round(profile.collectorLatencyMs * (0.5 + this.#random.next()));
      yield `{"ts":"${ts}","component":"collector","event":"collector.latency","duration_ms":${ms},"phase":"${this.#phase}"}`;
    }
    if (this.#happens(profile.driftsPerHour * hours))
      yield `{"ts":"${ts}","component":"autosave","event":"autosave.history.drift","feature":"autosave","phase":"${this.#phase}"}`;
    if (this.#happens((profile.criticalBugsPerDay / 24) * hours)) yield this.#bug(ts, 'critical');
    if (this.#happens((profile.otherBugsPerDay / 24) * hours))
      yield this.#bug(ts, this.#random.next() < 0.3 ? 'major' : 'minor');
  }

  #happens(expected: number): boolean {
    return expected > 0 && this.#random.next() < expected;
  }

  #bug(ts: string, severity: string): string {
    return `{"ts":"${ts}","component":"client","event":"bug.reported","severity":"${severity}","phase":"${this.#phase}"}`;
  }

  event(atMs: number): string {
    const profile = this.#profileAt(atMs);
    const ts = this.#timestamp(atMs);
    let pick = this.#random.next();
    pick -= EVENT_SHARES.restore;
    if (pick < 0) return this.#restore(ts, profile);
    pick -= EVENT_SHARES.merge;
    if (pick < 0 && profile.precision !== null) return this.#merge(ts, profile);
    pick -= EVENT_SHARES.lock;
    if (pick >= -EVENT_SHARES.lock && pick < 0) return this.#lock(ts);
    pick -= EVENT_SHARES.session;
    if (pick >= -EVENT_SHARES.session && pick < 0) return this.#session(ts, profile);
    return this.#save(ts, profile);
  }

  #save(ts: string, profile: PhaseProfile): string {
    const random = this.#random;
    if (this.#errors.take(profile.saveErrorRatio)) {
      const code = SAVE_ERROR_CODES[random.below(SAVE_ERROR_CODES.length)];
      return `{"ts":"${ts}","component":"autosave","event":"autosave.save.error","code":"${code}","feature":"autosave","lease_id":"${this.#leaseId()}","retryable":${random.next() < 0.7},"phase":"${this.#phase}"${this.#tags()}}`;
    }
    const ms = Math.max(1, Math.round(random.logNormal(profile.saveMedianMs, profile.saveSigma)));
    const retried = random.next() < profile.retriedRatio;
    return `{"ts":"${ts}","component":"autosave","event":"autosave.save.completed","duration_ms":${ms},"bytes":${512 + random.below(65_536)},"feature":"autosave","lease_id":"${this.#leaseId()}","retry_count":${retried ? 1 + random.below(3) : 0},"retryable":true,"phase":"${this.#phase}"${this.#tags()}}`;
  }

  #restore(ts: string, profile: PhaseProfile): string {
    const random = this.#random;
    const success = !this.#restoreFailures.take(profile.restoreFailureRatio);
    const source = random.next() < 0.9 ? 'history' : 'current';
    const ms = Math.round(random.logNormal(900, 0.5));
    return `{"ts":"${ts}","component":"autosave","event":"autosave.restore.result","source":"${source}","success":${success},"duration_ms":${ms},"feature":"autosave","phase":"${this.#phase}"${this.#tags()}}`;
  }

  #merge(ts: string, profile: PhaseProfile): string {
    const random = this.#random;
    const auto = !this.#conflicts.take(profile.conflictRatio);
    const hunks = 1 + random.below(24);
    const ratio = auto ? 0.9 + random.below(11) / 100 : 0.3 + random.below(40) / 100;
    return `{"ts":"${ts}","component":"merge","event":"merge.diff.apply","precision":"${profile.precision}","auto_accepted":${auto},"hunk_count":${hunks},"auto_accept_ratio":${ratio.toFixed(2)},"feature":"merge","phase":"${this.#phase}"${this.#tags()}}`;
  }

  #lock(ts: string): string {
    const random = this.#random;
    const attempt = 1 + random.below(3);
    const code = random.next() < 0.8 ? 'lock-unavailable' : 'lease-expired';
    return `{"ts":"${ts}","component":"autosave","event":"autosave.lock.error","code":"${code}","retryable":true,"attempt":${attempt},"max_attempts":3,"lease_id":"${this.#leaseId()}","feature":"autosave","phase":"${this.#phase}"${this.#tags()}}`;
  }

  /** Sessions, and every fiftieth a crash: evenly, so that the crash rate is the same in every phase. */
  #session(ts: string, profile: PhaseProfile): string {
    const share = profile.crashRatio / (1 + profile.crashRatio);
    const event = this.#crashes.take(share) ? 'client.crash' : 'client.session';
    return `{"ts":"${ts}","component":"client","event":"${event}","feature":"autosave","phase":"${this.#phase}"}`;
  }

  /** A few events carry tags that keep them out of verdicts (TEL-11). */
  #tags(): string {
    const pick = this.#random.next();
    if (pick < 0.002) return ',"dry_run":true';
    if (pick < 0.006) return ',"environment":"staging"';
    if (pick < 0.01) return ',"observed_only":true';
    if (pick < 0.04) return ',"tenant":"standard"';
    return '';
  }

  #leaseId(): string {
    const random = this.#random;
    const part = () => ((random.next() * 4_294_967_296) >>> 0).toString(16).padStart(8, '0');
    return `${part()}-${part()}`;
  }

  #timestamp(atMs: number): string {
    const second = Math.floor(atMs / 1000);
    if (second !== this.#isoSecond) {
      this.#isoSecond = second;
      this.#iso = new Date(second * 1000).toISOString().slice(0, 20);
    }
    return `${this.#iso}${String(atMs - second * 1000).padStart(3, '0')}Z`;
  }
}

const SAVE_ERROR_CODES = ['disk-full', 'lease-lost', 'timeout', 'conflict'] as const;
