import { type StreakEntry, streakOf } from '#lib/analyzer/index.ts';
import type { RolloutPolicy } from '#lib/policy/index.ts';

export type Watch = {
  /** When the rollback was proven. */
  since: Date;
  until: Date;
};

type AfterRollback = RolloutPolicy['afterRollback'];

/**
 * The look between windows that is due (COL-8): every few minutes for the first while after the rollback. Looks that were
 * missed are not made up for, only the newest counts; what was then cannot be seen any more. null: none is due. Pure.
 */
export function dueLook(
  watch: Pick<Watch, 'since'>,
  rule: Pick<AfterRollback, 'lookEverySeconds' | 'lookOftenForSeconds'>,
  lastAt: Date | null,
  now: Date,
): Date | null {
  const everyMs = rule.lookEverySeconds * 1000;
  const sinceMs = watch.since.getTime();
  if (now.getTime() >= sinceMs + rule.lookOftenForSeconds * 1000 + everyMs) return null;
  const passed = Math.floor((now.getTime() - sinceMs) / everyMs);
  const looks = Math.min(passed, Math.floor(rule.lookOftenForSeconds / rule.lookEverySeconds));
  const at = new Date(sinceMs + looks * everyMs);
  return looks >= 1 && (lastAt === null || lastAt < at) ? at : null;
}

/** From when on the watch follows the verdicts of closed windows instead. Pure. */
export function oftenUntil(
  watch: Pick<Watch, 'since'>,
  rule: Pick<AfterRollback, 'lookOftenForSeconds'>,
): Date {
  return new Date(watch.since.getTime() + rule.lookOftenForSeconds * 1000);
}

/**
 * What the watch has shown (ROL-5). `watching`: it is not over, or its last window is still being judged, for which
 * `graceSeconds` are given. `recovered`: the newest windows, as many as the policy asks for, met every objective without a
 * break; windows without enough data neither count nor break (PHA-4). Else `not_recovered`: a person is needed; the watch
 * goes on and can still end well. `entries`: verdicts of the phase since the rollback, in any order. `nothingIsOn`: what is
 * off hurts nobody and sends nothing, so there a window that cannot tell counts as met. Pure.
 */
export function outcomeOfWatch(
  watch: Watch,
  entries: readonly StreakEntry[],
  rule: { recoveredWindows: number; windowSeconds: number; graceSeconds: number; nothingIsOn: boolean },
  now: Date,
): 'watching' | 'recovered' | 'not_recovered' {
  if (now < watch.until) return 'watching';
  const windowMs = rule.windowSeconds * 1000;
  const lastEnd = Math.floor(watch.until.getTime() / windowMs) * windowMs;
  const newestEnd = Math.max(...entries.map(({ windowStart }) => windowStart.getTime() + windowMs), 0);
  if (newestEnd < lastEnd && now.getTime() < lastEnd + rule.graceSeconds * 1000) return 'watching';
  const telling = rule.nothingIsOn
    ? entries.map((entry) => ({ ...entry, sloMet: entry.sloMet ?? true }))
    : entries;
  const { windows } = streakOf(telling, {
    windowSeconds: rule.windowSeconds,
    from: watch.since,
    upTo: new Date(Math.max(lastEnd, newestEnd)),
  });
  return windows >= rule.recoveredWindows ? 'recovered' : 'not_recovered';
}
