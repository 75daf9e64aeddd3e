import type { Policy } from '#lib/policy/index.ts';
import { flags, instant, metricTable, NONE, type RehearsedFacts, window } from '#lib/reporter/index.ts';
import type { ReportValues } from '#lib/templates/index.ts';
import type { Rehearsal } from './rehearsal.schema.ts';

const WORDS = {
  ja: {
    nothing: 'なし',
    yes: 'はい（dry_run=true の印つき）',
    no: 'いいえ（文面の作成のみ）',
    latency: (seconds: number) => `収集の遅れ ${seconds} 秒`,
    none: '違反なし',
    refused: (reason: string) => `できません（${reason}）`,
    notRequired: '不要',
    when: {
      at_once: 'すぐに',
      at_deadline: '期限に自動で',
      when_confirmed: '人の確認後',
      at_the_end: '終了時',
    },
    stage: {
      collect: '収集',
      analyze: '判定',
      report: '通知の作成',
      rollback: 'ロールバックの期限',
      received: '受付',
      escalation: 'エスカレーション判断',
      rolled_back: 'ロールバックの完了',
      rca: 'RCA 着手',
    },
    due: '期限',
    reached: '到達',
    late: '遅れ',
    inTime: '期限内',
    people: '人の対応待ち',
    nobody: '知らせる相手がいません。',
  },
  en: {
    nothing: 'nothing',
    yes: 'yes, each marked dry_run=true',
    no: 'no, only composed',
    latency: (seconds: number) => `a collection ${seconds} s late`,
    none: 'no breach',
    refused: (reason: string) => `not possible (${reason})`,
    notRequired: 'not required',
    when: {
      at_once: 'at once',
      at_deadline: 'by itself at the deadline',
      when_confirmed: 'once a person confirms',
      at_the_end: 'at the end',
    },
    stage: {
      collect: 'collection',
      analyze: 'verdict',
      report: 'messages composed',
      rollback: 'rollback deadline',
      received: 'received',
      escalation: 'escalation decided',
      rolled_back: 'rolled back',
      rca: 'RCA begun',
    },
    due: 'due',
    reached: 'reached',
    late: 'late',
    inTime: 'in time',
    people: 'for people',
    nobody: 'Nobody would be told.',
  },
} as const;

/** What the report of a rehearsal says (ROL-8). Pure. */
export function rehearsalValues(
  policy: Policy,
  played: Rehearsal,
  facts: RehearsedFacts,
): ReportValues<'rehearsal'> {
  const locale = policy.reporting.language;
  const wording = { policy, locale };
  const words = WORDS[locale];
  const rollout = policy.rollouts[played.rolloutId];
  const { simulated, rollback, demand, verdict } = played;
  const steps = rollback.outcome === 'would_roll_back' ? rollback : null;
  return {
    rollout_label: rollout?.label[locale] ?? played.rolloutId,
    phase_label: rollout?.phases.find(({ id }) => id === played.phase)?.label[locale] ?? played.phase,
    played_at: instant(wording, played.playedAt),
    by: played.by,
    simulated: [
      simulated.metric ?? words.none,
      ...(simulated.latencySeconds === null ? [] : [words.latency(simulated.latencySeconds)]),
    ].join(' · '),
    window: window(wording, new Date(played.window.start), new Date(played.window.end)),
    verdict: `${verdict.verdict} (rollback_required=${verdict.rollbackRequired})`,
    metric_table: metricTable(wording, facts.verdict.metrics)
      .split('\n')
      .map((line) => (line === NONE ? line : `- ${line}`))
      .join('\n'),
    decision:
      demand === null
        ? played.decision
        : `${played.decision} (${demand.mode}${demand.dueAt === null ? '' : `, ${words.due} ${instant(wording, demand.dueAt)}`})`,
    step_back: steps
      ? `${steps.from} → ${steps.to}`
      : rollback.outcome === 'refused'
        ? words.refused(rollback.reason)
        : words.notRequired,
    flags_before: steps ? flags(steps.flagsBefore) : NONE,
    flags_after: steps ? flags(steps.flagsAfter) : NONE,
    fired:
      played.fired
        .map(({ kind, when, at }) => `- ${kind} — ${words.when[when]} (${instant(wording, at)})`)
        .join('\n') || words.nothing,
    stages: played.stages
      .map(({ stage, dueAt, at, late }) => {
        const reached = at === null ? words.people : `${words.reached} ${instant(wording, at)}`;
        const verdictWord = at === null ? '' : ` — ${late ? words.late : words.inTime}`;
        return `- ${words.stage[stage]}: ${words.due} ${instant(wording, dueAt)}, ${reached}${verdictWord}`;
      })
      .join('\n'),
    late: played.late.map((stage) => words.stage[stage]).join(', ') || words.nothing,
    messages:
      played.messages
        .map(
          ({ kind, channel, sink, text, problem }) =>
            `### ${kind} → ${channel} (${sink})\n\n~~~text\n${(problem ?? text).replaceAll('~~~', '~ ~ ~')}\n~~~`,
        )
        .join('\n\n') || words.nobody,
    delivered: played.delivered ? words.yes : words.no,
  };
}
