import type { PolicyNames } from '#lib/dashboard/index.ts';
import { formatInstant, formatSpan, type Locale, type Zone, zoneName } from '#lib/i18n/index.ts';
import type { Decision, GateCheck } from '#lib/rollouts/index.ts';

type Words = {
  /** A text by its full name, such as `gateReason.met`. */
  t: (key: string, values?: Record<string, string | number>) => string;
  names: PolicyNames;
  locale: Locale;
  zone: Zone;
};

/** An instant as gates and deadlines write it: `11/21 14:45 JST`. */
function instant(at: string | null, { locale, zone, t }: Words): string {
  return at === null ? t('app.none') : `${formatInstant(at, 'dayTime', locale, zone)} ${zoneName(zone)}`;
}

/** What a gate asks, as a label: `Windows met in a row`, `Panel signed: Restore`. */
export function gateLabel(check: GateCheck, words: Words): string {
  const { t, names, locale } = words;
  const panel = check.detail.panel;
  if (check.kind === 'signed_off' && typeof panel === 'string')
    return t('gateKind.signed_off_panel', { panel: names.panels[panel]?.[locale] ?? panel });
  const severity = check.detail.severity;
  if (check.kind === 'no_incident' && (severity === 'any' || severity === 'major'))
    return t(`gateKind.no_incident_${severity}`);
  return t(`gateKind.${check.kind}`);
}

/** How far it has come: `5 of 8 windows, 3 to go`; empty where it has no scale. */
export function gateScale({ state, now, needed, unit }: GateCheck, { t, locale }: Words): string {
  if (unit === null || now === null || needed === null) return '';
  const text = (amount: number) => (unit === 'seconds' ? formatSpan(amount, locale) : String(amount));
  return t(state === 'met' && unit !== 'incidents' ? 'gates.scale_met' : `gates.scale_${unit}`, {
    now: text(now),
    needed: text(needed),
    togo: text(Math.max(0, needed - now)),
  });
}

/** Why it stands as it does, with its numbers, and when it may be met at the earliest. */
export function gateReason(check: GateCheck, words: Words): string {
  const { t } = words;
  const reason = t(`gateReason.${check.reason}`, {
    scale: gateScale(check, words),
    at: instant(check.since, words),
    names: mentioned(check, words),
  });
  if (check.state === 'met' || check.earliestAt === null) return reason;
  return t('gates.withEarliest', { reason, at: instant(check.earliestAt, words) });
}

/** What releases it; null for a gate that is met. */
export function gateRelease(check: GateCheck, { t }: Words): string | null {
  return check.state === 'met' ? null : t(`gateRelease.${check.reason}`);
}

/** What holds a rollout, from the first gate in reading order, and how many others do; null: nothing does. */
export function heldReason(decision: Decision, words: Words): string | null {
  const held = decision.gates.filter(({ state }) => state !== 'met');
  const [first] = held;
  if (!first) return null;
  const reason = gateReason(first, words);
  const more = held.length - 1;
  return more > 0 ? words.t('gates.withMore', { sentence: reason, count: more }) : reason;
}

/** The same as a sentence of its own: `Held: 5 of 8 windows, 3 to go, earliest 14:45 JST, and 2 more` (PHA-3). */
export function heldSentence(decision: Decision, words: Words): string | null {
  const reason = heldReason(decision, words);
  // Waiting for people's signatures is what a healthy phase comes to, and its words say so.
  return reason === null || decision.decision === 'await_approval'
    ? reason
    : words.t('gates.heldBy', { reason });
}

/** Whether a required rollback waits, whatever else holds the rollout and however well its last window looked. */
export function rollbackWaits(decision: Pick<Decision, 'gates'>): boolean {
  return decision.gates.some(({ kind, state }) => kind === 'rollback_pending' && state !== 'met');
}

/** Since when the first gate has held it, where that can be told: runs hold since the phase began. */
export function heldSince(
  decision: Decision,
  { phaseEnteredAt, stateEnteredAt }: { phaseEnteredAt: string; stateEnteredAt: string },
): string | null {
  const first = decision.gates.find(({ state }) => state !== 'met');
  if (!first) return null;
  if (decision.decision === 'await_approval') return stateEnteredAt;
  return first.unit === 'windows' || first.unit === 'seconds' ? phaseEnteredAt : first.since;
}

/**
 * When the way on may open at the earliest, as far as time decides it: the latest of the gates that run by the clock. null
 * where none does, or where one of them cannot tell. People's signatures come on top.
 */
export function earliestPromotion({ gates }: Pick<Decision, 'gates'>): string | null {
  const running = gates.filter(
    ({ state, unit }) => state !== 'met' && (unit === 'windows' || unit === 'seconds'),
  );
  if (running.length === 0 || running.some(({ earliestAt }) => earliestAt === null)) return null;
  return (
    running
      .flatMap(({ earliestAt }) => earliestAt ?? [])
      .sort()
      .at(-1) ?? null
  );
}

/** The names behind a reason, in the reader's language: roles, items, incidents, sources, a freeze, somebody's words. */
function mentioned(check: GateCheck, { t, names, locale }: Words): string {
  const { detail } = check;
  const listed = (key: string): string[] => {
    const value = detail[key];
    return typeof value === 'string' && value !== '' ? value.split(', ') : [];
  };
  const role = (id: string) => names.roles[id]?.[locale] ?? id;
  const list = check.id.slice(check.kind.length + 1);
  const texts =
    check.kind === 'approvals'
      ? listed('missing').map(role)
      : check.kind === 'checklist'
        ? listed('missing').map((item) => names.items[`${list}/${item}`]?.[locale] ?? item)
        : [
            ...listed('incidents'),
            ...listed('sources'),
            ...listed('freeze').map((id) => names.freezes[id]?.[locale] ?? id),
            ...listed('role').map(role),
            ...(typeof detail.reason === 'string' ? [detail.reason] : []),
          ];
  return texts.length > 0 ? texts.join(t('gates.separator')) : t('app.none');
}
