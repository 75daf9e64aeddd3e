import { formatDuration, type Policy } from '#lib/policy/index.ts';
import { fillTemplate } from '#lib/templates/index.ts';
import type { MetricVerdict, PhaseVerdict, VerdictKind } from './verdict.schema.ts';

const VERDICT_NAMES: Record<VerdictKind, string> = {
  pass: '合格 / pass',
  warn: '警告 / warn',
  insufficient_data: 'データ不足 / insufficient data',
  violation: '違反 / violation',
};
const LIMIT_SIGNS = { max: '≤', min: '≥', below: '<', above: '>' } as const;

export type SummaryInput = {
  policy: Policy;
  judgedPolicyHash: string;
  /** What was judged, as its header says. */
  source: string;
  window: { start: string; end: string };
  collectedPolicyHash: string;
  rehearsal: boolean;
  verdicts: readonly PhaseVerdict[];
};

/**
 * The Analyzer's report on one collected window, from its template (ANA-8; seed 003 §4 asks it to say whether a retry
 * is needed). Errors: TemplateError when template and report do not fit.
 */
export function renderSummary(template: string, input: SummaryInput): string {
  const retryable = input.verdicts.reduce((sum, verdict) => sum + verdict.retryable_failures, 0);
  const rollbacks = input.verdicts.filter((verdict) => verdict.rollback_required);
  return fillTemplate(template, {
    source: input.source,
    window_start: input.window.start,
    window_end: input.window.end,
    collected_policy: input.collectedPolicyHash.slice(0, 12),
    judged_policy: input.judgedPolicyHash.slice(0, 12),
    kind: input.rehearsal ? '演習 / rehearsal (dry_run=true)' : '実測 / measured',
    verdict_table: verdictTable(input.verdicts),
    metric_tables: input.verdicts.map((verdict) => metricTable(input.policy, verdict)).join('\n\n') || '—',
    retry_comment:
      retryable > 0
        ? `必要 / needed: retryable=true の失敗 ${retryable} 件 / ${retryable} failures with retryable=true`
        : '不要 / not needed',
    rollback_comment: rollbacks.length === 0 ? '不要 / not needed' : rollbacks.map(rollbackLine).join('\n'),
  });
}

function rollbackLine({ rollout, phase, rollbackTo }: PhaseVerdict): string {
  const line = `- **必要 / required**: ${rollout} ${phase}`;
  return rollbackTo === null
    ? `${line} — 戻り先なし、人の判断が必要 / nothing behind it, a person must act`
    : `${line} → ${rollbackTo}: \`npm run flags:rollback -- --rollout ${rollout} --phase ${rollbackTo}\``;
}

function verdictTable(verdicts: readonly PhaseVerdict[]): string {
  if (verdicts.length === 0) return '—';
  return table(
    ['ロールアウト / Rollout', 'フェーズ / Phase', '判定 / Verdict', '通知 / Notify'],
    verdicts.map((v) => [v.rollout, v.phase, VERDICT_NAMES[v.verdict], v.notify_level]),
  );
}

function metricTable(policy: Policy, verdict: PhaseVerdict): string {
  const rows = verdict.metrics.map((metric) => {
    const label = policy.metrics[metric.metric]?.label;
    return [
      label ? `${label.ja} / ${label.en}` : metric.metric,
      metric.value === null ? '—' : inUnit(metric, metric.value),
      metric.limit === null || metric.limit_kind === null
        ? '—'
        : `${LIMIT_SIGNS[metric.limit_kind]} ${inUnit(metric, metric.limit)}`,
      formatDuration(metric.window_seconds),
      metric.limit === null ? '観測のみ / watched' : VERDICT_NAMES[metric.verdict],
      String(metric.samples),
      metric.reason,
    ];
  });
  const head = [
    '指標 / Metric',
    '値 / Value',
    '基準 / Limit',
    '窓 / Window',
    '判定 / Verdict',
    'n',
    '理由 / Reason',
  ];
  return `### ${verdict.rollout} ${verdict.phase}\n\n${table(head, rows)}`;
}

function inUnit({ unit }: MetricVerdict, value: number): string {
  if (unit === 'ratio') return `${Number((value * 100).toFixed(3))} %`;
  return unit === 'ms' ? `${Number(value.toFixed(1))} ms` : String(value);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
