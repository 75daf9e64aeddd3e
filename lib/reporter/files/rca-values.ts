import type { MetricVerdict } from '#lib/analyzer/index.ts';
import type { Incident, TimelineEntry } from '#lib/incidents/index.ts';
import type { FlagSettings } from '#lib/rollouts/index.ts';
import { escapeFor, type ReportValues } from '#lib/templates/index.ts';
import { flags, incidentKey, instant, metricTable, NONE, type Wording, window } from '../compose/wording.ts';

export type RcaFacts = Wording & {
  appUrl: string;
  incident: Incident;
  ownerName: string | null;
  rcaDueAt: Date | null;
  verdict: { windowStart: Date; windowEnd: Date; metrics: readonly MetricVerdict[] } | null;
  /** The first step back since the incident was opened. */
  change: {
    fromPhase: string | null;
    toPhase: string;
    actorName: string;
    trigger: string;
    flagsBefore: FlagSettings;
    flagsAfter: FlagSettings;
    createdAt: Date;
  } | null;
  /** Oldest first. */
  timeline: readonly TimelineEntry[];
  alerts: readonly string[];
};

const WORDS = {
  ja: {
    nobody: '（未定）',
    cause: { slo_violation: 'SLO 違反', rollback_unproven: '配信を確認できず', not_recovered: '回復せず' },
    severity: { major: '重大', minor: '軽微' },
    kinds: {
      opened: '発生',
      reopened: '再発',
      verdict: '判定',
      message: '通知',
      request: 'ロールバック要求',
      decision: '判断',
      change: '段階の変更',
      proof: '配信を確認',
      stop: '停止',
      pagerduty: 'PagerDuty',
      step_done: '手順の完了',
      owner: '担当',
      comment: 'コメント',
      report: 'ファイル',
      rca_shared: 'RCA 共有',
      closed: '終了',
    },
  },
  en: {
    nobody: '(not named yet)',
    cause: {
      slo_violation: 'SLO violation',
      rollback_unproven: 'rollback not proven',
      not_recovered: 'not recovered',
    },
    severity: { major: 'major', minor: 'minor' },
    kinds: {
      opened: 'opened',
      reopened: 'opened again',
      verdict: 'verdict',
      message: 'told',
      request: 'rollback required',
      decision: 'decided',
      change: 'phase changed',
      proof: 'read back',
      stop: 'stopped',
      pagerduty: 'PagerDuty',
      step_done: 'step done',
      owner: 'owner',
      comment: 'comment',
      report: 'file',
      rca_shared: 'RCA shared',
      closed: 'closed',
    },
  },
} as const;

/** What an RCA draft says (ROL-6): timeline, metrics, flags before and after, owner and due date. Pure. */
export function rcaValues(facts: RcaFacts): ReportValues<'rca'> {
  const { policy, locale, incident, verdict, change } = facts;
  const words = WORDS[locale];
  const rollout = policy.rollouts[incident.rolloutId];
  const phase = rollout?.phases.find(({ id }) => id === incident.phase);
  return {
    incident: incidentKey(incident.number),
    incident_url: `${facts.appUrl}/incidents/${incident.id}`,
    rollout_label: rollout?.label[locale] ?? incident.rolloutId,
    phase_label: phase?.label[locale] ?? incident.phase,
    severity: words.severity[incident.severity],
    cause: words.cause[incident.cause],
    opened_at: instant(facts, incident.openedAt),
    closed_at: instant(facts, incident.closedAt),
    window: verdict ? window(facts, verdict.windowStart, verdict.windowEnd) : NONE,
    // A list, so that Markdown keeps the lines apart.
    metric_table: verdict ? asList(metricTable(facts, verdict.metrics)) : NONE,
    step_back: change
      ? `${change.fromPhase ?? NONE} → ${change.toPhase} (${change.actorName}, ${change.trigger}, ${instant(facts, change.createdAt)})`
      : NONE,
    flags_before: change ? flags(change.flagsBefore) : NONE,
    flags_after: change ? flags(change.flagsAfter) : NONE,
    timeline: facts.timeline.map((entry) => lineOf(facts, entry)).join('\n') || NONE,
    owner: facts.ownerName ?? words.nobody,
    due: instant(facts, facts.rcaDueAt),
    alerts: facts.alerts.map((path) => `\`${path}\``).join(', ') || NONE,
  };
}

const asList = (lines: string): string =>
  lines
    .split('\n')
    .map((line) => (line === NONE ? line : `- ${line}`))
    .join('\n');

/** One event in one line: `- 2026/11/21 18:03:00 JST 判定 (Phasegate): verdict=violation, phase=B`. */
function lineOf(facts: RcaFacts, { at, kind, actorName, details }: TimelineEntry): string {
  const said = Object.entries(details)
    .filter(([name, value]) => value !== null && value !== '' && name !== 'evidence')
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
  const text = `${WORDS[facts.locale].kinds[kind]} (${actorName})${said === '' ? '' : `: ${said}`}`;
  // What people wrote is one line of text here and no markup.
  return `- ${instant(facts, at)} ${escapeFor('report', text.replaceAll('\n', ' '))}`;
}
