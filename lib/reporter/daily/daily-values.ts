import type { MetricVerdict, VerdictKind } from '#lib/analyzer/index.ts';
import { findPhase } from '#lib/policy/index.ts';
import { escapeFor, type ReportValues } from '#lib/templates/index.ts';
import {
  incidentKey,
  instant,
  metricLimit,
  metricName,
  metricValue,
  NONE,
  type Wording,
} from '../compose/wording.ts';

/** Everything a daily report is made of (REP-6). */
export type DailyFacts = Wording & {
  day: string;
  appUrl: string;
  /** The judged windows of the day, as judged last. */
  windows: readonly {
    rolloutId: string;
    phase: string;
    verdict: VerdictKind;
    metrics: readonly MetricVerdict[];
  }[];
  rollbacks: readonly {
    rolloutId: string;
    fromPhase: string | null;
    toPhase: string;
    actorName: string;
    trigger: string;
    reason: string;
    at: Date;
  }[];
  deliveries: readonly { channel: string; state: string; count: number }[];
  excluded: readonly { rolloutId: string; tagSet: string; count: number }[];
  incidents: readonly {
    number: number;
    rolloutId: string;
    phase: string;
    openedAt: Date;
    ownerName: string | null;
  }[];
  reviews: readonly { rolloutId: string | null; reason: string; signed: number; needed: number }[];
  /** Gates of the newest decisions that hold their rollouts. */
  heldGates: readonly { rolloutId: string; phase: string; gates: readonly string[] }[];
};

const WORDS = {
  ja: {
    none: 'なし',
    head: '| 指標 | 中央値 | 最悪 | 限度 | 窓 | 標本 |',
    windows: '判定',
    verdicts: { pass: '適合', warn: '警告', violation: '違反', insufficient_data: 'データ不足' },
    states: {
      due: '送信待ち',
      sending: '送信中',
      delivered: '送信済み',
      failed: '失敗',
      cancelled: '取り消し',
    },
    events: (count: string) => `${count} 件`,
    incident: 'インシデント',
    since: '発生',
    owner: '担当',
    nobody: '未定',
    review: '事後レビューの署名',
    everything: '全体',
    gates: '満たしていないゲート',
  },
  en: {
    none: 'None',
    head: '| Metric | Median | Worst | Limit | Windows | Samples |',
    windows: 'Verdicts',
    verdicts: { pass: 'pass', warn: 'warn', violation: 'violation', insufficient_data: 'insufficient data' },
    states: {
      due: 'waiting',
      sending: 'being sent',
      delivered: 'delivered',
      failed: 'failed',
      cancelled: 'cancelled',
    },
    events: (count: string) => `${count} events`,
    incident: 'Incident',
    since: 'since',
    owner: 'owner',
    nobody: 'nobody yet',
    review: 'Signatures of a review',
    everything: 'everything',
    gates: 'Gates not met',
  },
} as const;

const text = (value: string): string => escapeFor('report', value);
const cell = (value: string): string => text(value).replaceAll('|', '\\|');

/** What a daily report says. Pure. */
export function dailyValues(facts: DailyFacts): ReportValues<'daily'> {
  return {
    day: facts.day,
    zone: facts.policy.timezone,
    dashboard_url: facts.appUrl,
    phases: phasesOf(facts),
    rollbacks: listed(
      facts,
      facts.rollbacks.map((step) => rollbackLine(facts, step)),
    ),
    deliveries: listed(facts, deliveryLines(facts)),
    excluded: listed(
      facts,
      facts.excluded.map(
        ({ rolloutId, tagSet, count }) =>
          `${label(facts, rolloutId)}: \`${text(tagSet)}\` ${WORDS[facts.locale].events(count.toLocaleString('en-US'))}`,
      ),
    ),
    tasks: listed(facts, taskLines(facts)),
  };
}

function listed({ locale }: Wording, lines: readonly string[]): string {
  return lines.length > 0 ? lines.map((line) => `- ${line}`).join('\n') : WORDS[locale].none;
}

const label = ({ policy, locale }: Wording, rolloutId: string): string =>
  policy.rollouts[rolloutId]?.label[locale] ?? rolloutId;

function phasesOf(facts: DailyFacts): string {
  const groups = Map.groupBy(facts.windows, ({ rolloutId, phase }) => `${rolloutId}\n${phase}`);
  const parts = [...groups.values()].flatMap((windows) => {
    const [first] = windows;
    return first ? [phasePart(facts, first.rolloutId, first.phase, windows)] : [];
  });
  return parts.length > 0 ? parts.join('\n\n') : WORDS[facts.locale].none;
}

function phasePart(
  facts: DailyFacts,
  rolloutId: string,
  phase: string,
  windows: DailyFacts['windows'],
): string {
  const { policy, locale } = facts;
  const words = WORDS[locale];
  const title = findPhase(policy, rolloutId, phase)?.label[locale];
  const counts = Object.entries(words.verdicts)
    .map(([kind, word]) => `${word} ${windows.filter(({ verdict }) => verdict === kind).length}`)
    .join(' / ');
  const rows = metricRows(facts, windows);
  const table =
    rows.length > 0 ? `\n\n${[words.head, '| --- | --- | --- | --- | --- | --- |', ...rows].join('\n')}` : '';
  return `### ${label(facts, rolloutId)} ${phase}${title ? ` (${title})` : ''}\n\n${words.windows}: ${counts}${table}`;
}

/** Of each metric that has a limit: the middle and the worst of its windows. Percentiles are never averaged. */
function metricRows(facts: DailyFacts, windows: DailyFacts['windows']): string[] {
  const measured = windows.flatMap(({ metrics }) =>
    metrics.filter(({ value, limit, shadow }) => value !== null && limit !== null && !shadow),
  );
  return [...Map.groupBy(measured, ({ metric }) => metric).values()].flatMap((readings) => {
    const sorted = [...readings].sort((a, b) => (a.value ?? 0) - (b.value ?? 0));
    const low = sorted[0];
    const high = sorted.at(-1);
    const middle = sorted[Math.floor((sorted.length - 1) / 2)];
    if (!low || !high || !middle) return [];
    const worst = high.limit_kind === 'min' || high.limit_kind === 'above' ? low : high;
    const samples = readings.reduce((sum, reading) => sum + reading.samples, 0);
    const cells = [
      metricName(facts, middle.metric),
      metricValue(facts, middle),
      metricValue(facts, worst),
      metricLimit(facts, worst),
      String(readings.length),
      samples.toLocaleString('en-US'),
    ];
    return [`| ${cells.map(cell).join(' | ')} |`];
  });
}

function rollbackLine(facts: DailyFacts, step: DailyFacts['rollbacks'][number]): string {
  const from = step.fromPhase ?? NONE;
  const who = `${text(step.actorName)} (${step.trigger})`;
  return `${instant(facts, step.at)} ${label(facts, step.rolloutId)} ${from} → ${step.toPhase} / ${who} / ${text(step.reason)}`;
}

function deliveryLines({ deliveries, locale }: DailyFacts): string[] {
  const states: Record<string, string> = WORDS[locale].states;
  return [...Map.groupBy(deliveries, ({ channel }) => channel)].map(
    ([channel, counts]) =>
      `${text(channel)}: ${counts.map(({ state, count }) => `${states[state] ?? state} ${count}`).join(' / ')}`,
  );
}

function taskLines(facts: DailyFacts): string[] {
  const words = WORDS[facts.locale];
  return [
    ...facts.incidents.map(({ number, rolloutId, phase, openedAt, ownerName }) =>
      [
        `${words.incident} ${incidentKey(number)} ${label(facts, rolloutId)} ${phase}`,
        `${words.since} ${instant(facts, openedAt)}`,
        `${words.owner}: ${ownerName === null ? words.nobody : text(ownerName)}`,
      ].join(' / '),
    ),
    ...facts.reviews.map(
      ({ rolloutId, reason, signed, needed }) =>
        `${words.review} ${signed}/${needed} / ${rolloutId === null ? words.everything : label(facts, rolloutId)} / ${text(reason)}`,
    ),
    ...facts.heldGates.map(
      ({ rolloutId, phase, gates }) =>
        `${words.gates} / ${label(facts, rolloutId)} ${phase}: ${gates.map(text).join(', ')}`,
    ),
  ];
}
