import type { MetricVerdict } from '#lib/analyzer/index.ts';
import { businessDayAt } from '#lib/calendar/index.ts';
import { previousPhase } from '#lib/policy/index.ts';
import { MESSAGE_KINDS, type MessageKind } from '#lib/templates/index.ts';
import { isOver } from './is-over.ts';
import type { MessageFacts } from './message-facts.ts';
import {
  flags,
  incidentKey,
  instant,
  metricLimit,
  metricName,
  metricTable,
  metricValue,
  NONE,
  span,
  window,
} from './wording.ts';

const WORDS = {
  ja: {
    proof: { proven: '配信を確認済み', pending: '配信を確認中', failed: '配信を確認できず' },
    noWayBack: '（戻り先なし、人の判断が必要）',
    over: '（終了済み、呼び出しなし）',
    unseen: (source: string) => `確認できません（${source} を読めず、ほかからも届いていません）`,
    earliest: (at: string) => `最短 ${at}`,
    decision: {
      automatic: '自動でロールバックします。',
      on_call: (due: string) => `オンコールの確認待ち。${due} に自動で実行します。`,
      recommend: 'ロールバックを推奨します（自動では実行しません）。',
      shadow: '記録のみ（シャドー）。',
      none: '判断待ち。',
    },
    restart: (windows: number) => `監視の終わりに連続 ${windows} 窓で SLO を満たすこと`,
    stopped: '自動の昇格・再開・ロールバック（フラグは現状のまま。人によるロールバックは可能）',
    everything: '全体',
    role: (role: string, missing: boolean) => `${role}${missing ? '（未）' : '（済）'}`,
    gate: { met: '済', unmet: '未', unknown: '不明' },
    step: {
      received: 'アラート受付',
      escalation: 'エスカレーション判断',
      rollback: 'ロールバック実行',
      rca: 'RCA 着手',
      closure: 'クローズ確認',
    },
    delay: { collected_late: '窓が閉じてから収集が終わるまでに時間がかかっています' },
  },
  en: {
    proof: { proven: 'read back', pending: 'being read back', failed: 'not proven' },
    noWayBack: '(nothing behind; a person must act)',
    over: '(over: calls nobody)',
    unseen: (source: string) => `cannot be seen (${source} cannot be read, and nothing else is heard)`,
    earliest: (at: string) => `${at} at the earliest`,
    decision: {
      automatic: 'Rolls back by itself now.',
      on_call: (due: string) => `Waits for on-call; rolls back by itself at ${due}.`,
      recommend: 'A rollback is recommended; nothing happens by itself.',
      shadow: 'On record only (shadow).',
      none: 'Waits for a decision.',
    },
    restart: (windows: number) => `${windows} windows running that met the SLO at the end of the watch`,
    stopped:
      'automatic promotions, restarts and rollbacks (flags stay as they are; people may still roll back)',
    everything: 'everything',
    role: (role: string, missing: boolean) => `${role} (${missing ? 'missing' : 'signed'})`,
    gate: { met: 'met', unmet: 'not met', unknown: 'unknown' },
    step: {
      received: 'Alert received',
      escalation: 'Escalation decided',
      rollback: 'Rollback executed',
      rca: 'RCA started',
      closure: 'Closing',
    },
    delay: { collected_late: 'collecting took long after the window had closed' },
  },
} as const;

/** Every field there is, from the facts; what does not apply is a dash. Pure. */
function allFields(kind: MessageKind, facts: MessageFacts): Record<string, string> {
  const { policy, locale, appUrl, rolloutId, verdict, change, incident, request, stop, decision } = facts;
  const words = WORDS[locale];
  const wording = { policy, locale };
  const rollout = rolloutId === null ? undefined : policy.rollouts[rolloutId];
  const phase = facts.phase;
  const behind = rolloutId && phase ? (previousPhase(policy, rolloutId, phase)?.id ?? null) : null;
  const worst = verdict && decidingMetric(verdict.metrics);
  const figure = (name: 'p95' | 'errRate') =>
    verdict?.metrics.find(({ metric }) => metric === rollout?.messageFigures[name]);
  const target = request?.toPhase ?? behind;
  const about = verdict ?? facts.delay;
  return {
    rollout: rolloutId ?? NONE,
    rollout_label: rollout?.label[locale] ?? rolloutId ?? NONE,
    phase: phase ?? NONE,
    phase_label: rollout?.phases.find(({ id }) => id === phase)?.label[locale] ?? phase ?? NONE,
    window: about ? window(wording, about.windowStart, about.windowEnd) : instant(wording, facts.createdAt),
    dashboard_url: rolloutId ? `${appUrl}/rollouts/${rolloutId}` : appUrl,
    at: instant(wording, change?.createdAt ?? facts.createdAt),
    p95: metricValue(wording, figure('p95')),
    err_rate: metricValue(wording, figure('errRate')),
    metric: worst ? metricName(wording, worst.metric) : NONE,
    value:
      worst?.reason === 'source_lost'
        ? words.unseen(String(worst.detail.source))
        : metricValue(wording, worst ?? undefined),
    limit: metricLimit(wording, worst ?? undefined),
    samples: worst ? String(worst.samples) : NONE,
    metric_table: verdict ? metricTable(wording, verdict.metrics) : NONE,
    incident: incident ? incidentKey(incident.number) : NONE,
    severity: incident?.severity ?? NONE,
    incident_url: facts.rehearsal
      ? `${appUrl}/rollouts/${rolloutId}`
      : incident
        ? `${appUrl}/incidents/${incident.id}`
        : `${appUrl}/incidents`,
    rollback_to: target ?? words.noWayBack,
    rollback_command:
      target && rolloutId ? `npm run flags:rollback -- --rollout ${rolloutId} --phase ${target}` : NONE,
    decision: decisionWords(facts),
    // An RCA is asked for after the closing, too.
    mention: kind !== 'rca-due' && isOver(facts) ? words.over : policy.reporting.mention,
    from_phase: change?.fromPhase ?? NONE,
    to_phase: change?.toPhase ?? decision?.toPhase ?? NONE,
    initiator: change?.actorName ?? stop?.personName ?? facts.rca?.sharedByName ?? NONE,
    initiators: stop && stop.releases.length > 0 ? stop.releases.join(', ') : NONE,
    reason:
      change?.reason ||
      stop?.reason ||
      (facts.delay && delayReason(facts.delay.reason, locale)) ||
      (worst ? worst.reason : NONE),
    proof: change ? words.proof[change.proof] : NONE,
    flags_before: change ? flags(change.flagsBefore) : NONE,
    flags_after: change ? flags(change.flagsAfter) : NONE,
    expected: change ? flags(change.flagsAfter) : NONE,
    served: facts.served ?? NONE,
    restart_conditions: rollout ? words.restart(rollout.afterRollback.recoveredWindows) : NONE,
    next_canary: nextCanary(facts),
    watch_until: instant(wording, facts.watchUntil),
    approvers: facts.approvers.length > 0 ? facts.approvers.join(', ') : NONE,
    approvals: decision
      ? decision.approvals.map(({ role, missing }) => words.role(role, missing)).join(', ') || NONE
      : NONE,
    evidence: decision?.evidenceHash.slice(0, 12) ?? NONE,
    gates: decision
      ? decision.gates.map(({ id, state }) => `${id}: ${gateWord(state, locale)}`).join(', ') || NONE
      : NONE,
    scope: stop ? (stop.scope === '*' ? words.everything : stop.scope) : NONE,
    stopped: words.stopped,
    step: facts.step === null ? NONE : stepWord(facts.step, locale),
    due: instant(wording, facts.stepDueAt ?? request?.dueAt ?? facts.rca?.dueAt ?? null),
    owner: facts.rca?.ownerName ?? NONE,
    rca_url: facts.rca?.url ?? NONE,
    closed_by: incident?.closedByName ?? NONE,
    closed_at: instant(wording, incident?.closedAt ?? null),
    duration:
      incident?.closedAt != null
        ? span(wording, (Date.parse(incident.closedAt) - Date.parse(incident.openedAt)) / 1000)
        : NONE,
    delay: facts.delay ? span(wording, facts.delay.seconds) : NONE,
  };
}

/** What one kind of message says, exactly its fields (REP-4). Pure. */
export function valuesOf(kind: MessageKind, facts: MessageFacts): Record<string, string> {
  const all = allFields(kind, facts);
  return Object.fromEntries(MESSAGE_KINDS[kind].fields.map((field) => [field, all[field] ?? NONE]));
}

/** The metric a message is about: the first violation, else the first warning, else the first with a limit. */
export function decidingMetric(metrics: readonly MetricVerdict[]): MetricVerdict | null {
  const deciding = metrics.filter((metric) => !metric.shadow && metric.limit !== null);
  return (
    deciding.find(({ verdict }) => verdict === 'violation') ??
    deciding.find(({ reason }) => reason === 'source_lost') ??
    deciding.find(({ verdict }) => verdict === 'warn') ??
    deciding[0] ??
    null
  );
}

/** The next canary date (ROL-4): once it is set, that; at the rollback itself, the day its watch will give if it ends well. */
function nextCanary({ policy, locale, rolloutId, change, nextCanaryAt }: MessageFacts): string {
  const wording = { policy, locale };
  const rules = rolloutId === null ? undefined : policy.rollouts[rolloutId]?.afterRollback;
  if (nextCanaryAt !== null || !rules || change?.kind !== 'rollback') return instant(wording, nextCanaryAt);
  const watchEnds = new Date(Date.parse(change.createdAt) + rules.watchSeconds * 1000);
  const planned = businessDayAt(watchEnds, {
    zone: policy.timezone,
    businessDays: rules.canaryAfterBusinessDays,
    at: rules.canaryAt,
  });
  return WORDS[locale].earliest(instant(wording, planned));
}

function stepWord(step: string, locale: MessageFacts['locale']): string {
  const words: Record<string, string> = WORDS[locale].step;
  return words[step] ?? step;
}

function gateWord(state: string, locale: MessageFacts['locale']): string {
  const words: Record<string, string> = WORDS[locale].gate;
  return words[state] ?? state;
}

/** Why collection is late, in words; a code that has none is said as it is. */
function delayReason(reason: string, locale: MessageFacts['locale']): string {
  const words: Record<string, string> = WORDS[locale].delay;
  return words[reason] ?? reason;
}

function decisionWords({ request, policy, locale }: MessageFacts): string {
  const words = WORDS[locale].decision;
  switch (request?.mode) {
    case 'automatic':
      return words.automatic;
    case 'on_call':
      return request.dueAt === null ? words.none : words.on_call(instant({ policy, locale }, request.dueAt));
    case 'recommend':
      return words.recommend;
    case 'shadow':
      return words.shadow;
    default:
      return words.none;
  }
}
