import { Temporal } from 'temporal-polyfill';
import type { VerdictKind } from '#lib/analyzer/index.ts';
import type { MessageCause } from '#lib/outbox/index.ts';
import { nothingIsOn, type Policy } from '#lib/policy/index.ts';

/** One judged window of the phase a rollout is in. */
export type JudgedWindow = {
  verdictId: string;
  windowStart: Date;
  windowEnd: Date;
  verdict: VerdictKind;
  rollbackRequired: boolean;
};

/** The collection of one scheduled window, and how long after the window's end it ended. */
export type CollectedWindow = { windowStart: Date; delaySeconds: number };

export type AnnouncementFacts = {
  policy: Policy;
  rollout: { id: string; phase: string; preparing: boolean };
  /** Newest first; as far back as an announcement is remembered. */
  windows: readonly JudgedWindow[];
  /** The two windows collected last on schedule, newest first. */
  collected: readonly CollectedWindow[];
  /** Keys of the announcements made of these windows. */
  told: ReadonlySet<string>;
  /** The newest decision, for its gates; null before the first. */
  decisionId: string | null;
  now: Date;
};

export type Announcement = { dedupKey: string; cause: MessageCause; rolloutId: string; phase: string };

/** How far back a run of windows is followed: a day. What lasts longer is said again once a day. */
export const LOOK_BACK_WINDOWS = 96;

/**
 * What people are told of the newest judged window of a rollout (REP-4). Nobody is told the same every 15 minutes: a run of
 * windows of one kind is told once, once more when it worsens, and once a day while a warning lasts. Windows that say
 * nothing (too few samples) neither end a run nor start one. What requires a rollback is told by its incident.
 * News of the past is no news: nothing is said of a window that ended longer ago than the policy takes for current.
 * Pure.
 */
export function announcementsOf(facts: AnnouncementFacts): Announcement[] {
  if (facts.rollout.preparing) return [];
  return [...ofVerdict(facts), ...ofCollection(facts)];
}

function ofVerdict(facts: AnnouncementFacts): Announcement[] {
  const { policy, rollout, windows, now } = facts;
  const [newest] = windows;
  if (!newest || !isCurrent(policy, newest.windowEnd, now)) return [];
  if (nothingIsOn(policy, rollout.id, rollout.phase)) return readinessOf(facts, newest);
  const kind = kindOf(newest);
  if (kind === 'ok' && announcesOk(facts)) return [announcement(facts, newest, 'autosave-ok')];
  if (kind === 'warn' && warns(facts)) return [announcement(facts, newest, 'autosave-warn')];
  return [];
}

/** A window is current until the Collector would be called stale for want of the next. */
function isCurrent({ cycle }: Policy, windowEnd: Date, now: Date): boolean {
  return now.getTime() - windowEnd.getTime() <= (cycle.windowSeconds + cycle.staleAfterSeconds) * 1000;
}

type Kind = 'ok' | 'warn' | 'incident' | 'nothing';

function kindOf({ verdict, rollbackRequired }: JudgedWindow): Kind {
  if (verdict === 'insufficient_data') return 'nothing';
  if (verdict === 'pass') return 'ok';
  return rollbackRequired ? 'incident' : 'warn';
}

/** Names what is told of a window, so that it is told once. */
export const keyOf = (
  { rollout }: { rollout: { id: string; phase: string } },
  kind: 'autosave-ok' | 'autosave-warn',
  { windowStart }: { windowStart: Date },
): string => `${kind}:${rollout.id}:${rollout.phase}:${windowStart.toISOString()}`;

/** The keys that announcements of these windows would have: what has been told is looked up by them. */
export function announcementKeys(facts: Pick<AnnouncementFacts, 'rollout' | 'windows'>): string[] {
  return facts.windows.flatMap((window) => [
    keyOf(facts, 'autosave-ok', window),
    keyOf(facts, 'autosave-warn', window),
  ]);
}

function announcement(
  facts: AnnouncementFacts,
  window: JudgedWindow,
  kind: 'autosave-ok' | 'autosave-warn',
): Announcement {
  return {
    dedupKey: keyOf(facts, kind, window),
    cause: { kind, verdictId: window.verdictId },
    rolloutId: facts.rollout.id,
    phase: facts.rollout.phase,
  };
}

/** The newest window and those right before it of the same kind, and whether the end of the run is in sight. */
function currentRun({ windows }: AnnouncementFacts): { run: JudgedWindow[]; ended: boolean } {
  const said = windows.filter((window) => kindOf(window) !== 'nothing');
  const [newest] = said;
  const length = said.findIndex((window) => newest && kindOf(window) !== kindOf(newest));
  return {
    run: length < 0 ? said : said.slice(0, length),
    ended: length >= 0 || windows.length < LOOK_BACK_WINDOWS,
  };
}

function announcesOk(facts: AnnouncementFacts): boolean {
  const { policy, rollout, told } = facts;
  const from = policy.reporting.announceOkFrom[rollout.id];
  const phases = policy.rollouts[rollout.id]?.phases.map(({ id }) => id) ?? [];
  if (from === undefined || phases.indexOf(rollout.phase) < phases.indexOf(from)) return false;
  if (policy.reporting.announceOk === 'every_window') return true;
  const { run, ended } = currentRun(facts);
  return ended && !run.some((window) => told.has(keyOf(facts, 'autosave-ok', window)));
}

const SEVERITY: Readonly<Record<VerdictKind, number>> = {
  insufficient_data: 0,
  pass: 0,
  warn: 1,
  violation: 2,
};

function warns(facts: AnnouncementFacts): boolean {
  const { run } = currentRun(facts);
  const [newest] = run;
  if (!newest) return false;
  return !run.some(
    (window) =>
      SEVERITY[window.verdict] >= SEVERITY[newest.verdict] &&
      facts.told.has(keyOf(facts, 'autosave-warn', window)),
  );
}

/** Nothing of the rollout is on yet: its verdicts decide nothing, and its state is shared once a day, by day. */
function readinessOf(facts: AnnouncementFacts, newest: JudgedWindow): Announcement[] {
  const { policy, rollout, now } = facts;
  const local = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(policy.timezone);
  const at = Temporal.PlainTime.from(policy.reporting.dailyAt);
  if (Temporal.PlainTime.compare(local.toPlainTime(), at) < 0) return [];
  return [
    {
      dedupKey: `readiness:${rollout.id}:${rollout.phase}:${local.toPlainDate().toString()}`,
      cause: { kind: 'readiness', verdictId: newest.verdictId, decisionId: facts.decisionId },
      rolloutId: rollout.id,
      phase: rollout.phase,
    },
  ];
}

/** Collection that came late, told when it begins to be late (TEL-7). */
function ofCollection({ policy, rollout, collected, now }: AnnouncementFacts): Announcement[] {
  const { windowSeconds, delayedAfterSeconds } = policy.cycle;
  const [newest, before] = collected;
  if (!newest || newest.delaySeconds <= delayedAfterSeconds) return [];
  const windowEnd = new Date(newest.windowStart.getTime() + windowSeconds * 1000);
  if (!isCurrent(policy, windowEnd, now)) return [];
  if (before && isNext(before, newest, windowSeconds) && before.delaySeconds > delayedAfterSeconds) return [];
  const windowStart = newest.windowStart.toISOString();
  return [
    {
      dedupKey: `collector-delayed:${rollout.id}:${windowStart}`,
      cause: {
        kind: 'collector-delayed',
        windowStart,
        delaySeconds: newest.delaySeconds,
        reason: 'collected_late',
      },
      rolloutId: rollout.id,
      phase: rollout.phase,
    },
  ];
}

const isNext = (before: CollectedWindow, after: CollectedWindow, windowSeconds: number): boolean =>
  after.windowStart.getTime() - before.windowStart.getTime() === windowSeconds * 1000;
