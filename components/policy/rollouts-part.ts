import { formatLimit, formatShare, formatSpan } from '#lib/i18n/index.ts';
import type { Gate, Objective, Phase, Policy, RolloutPolicy } from '#lib/policy/index.ts';
import {
  anchorOf,
  type Block,
  code,
  type DocumentSection,
  joined,
  type Piece,
  type Text,
} from './document.ts';
import { type DocumentWords, labelIn } from './document-words.ts';

type Words = DocumentWords & { policy: Policy };

/** Each rollout with its phases: who is let in, what is measured, what a promotion and a rollback take (PHA-1 … PHA-5). */
export function rolloutParts(words: Words): DocumentSection[] {
  return Object.entries(words.policy.rollouts).map(([id, rollout]) => rolloutPart(id, rollout, words));
}

function rolloutPart(id: string, rollout: RolloutPolicy, words: Words): DocumentSection {
  const { t, locale, linked } = words;
  const span = (seconds: number) => formatSpan(seconds, locale);
  const after = rollout.afterRollback;
  const settings = Object.entries(rollout.flagDefaults).map(([name, value]) => [code(`${name} = ${value}`)]);
  const signals = Object.entries(rollout.signals).map(
    ([name, { normal, raised }]): Text => [
      code(name),
      ` ${t('policyDoc.signal', { normal: String(normal), raised: String(raised) })}`,
    ],
  );
  const figures = Object.values(rollout.messageFigures).map((metric) =>
    labelIn(words.policy.metrics[metric]?.label, locale, metric),
  );
  return {
    id: anchorOf('rollout', id),
    title: labelIn(rollout.label, locale, id),
    code: id,
    blocks: [
      {
        kind: 'facts',
        rows: [
          {
            term: t('policyDoc.order'),
            value: [rollout.phases.map((phase) => phase.id).join(' → ')],
          },
          { term: t('policyDoc.flagDefaults'), value: joined(settings, ', ') },
          ...(signals.length > 0 ? [{ term: t('policyDoc.signals'), value: joined(signals, ', ') }] : []),
          {
            term: t('policyDoc.unmetFor'),
            value: [t('policyDoc.unmetForText', { span: span(rollout.rollBackWhenUnmetForSeconds) })],
          },
          {
            term: t('policyDoc.afterRollback'),
            value: [
              t('policyDoc.afterRollbackText', {
                watch: span(after.watchSeconds),
                every: span(after.lookEverySeconds),
                often: span(after.lookOftenForSeconds),
                windows: after.recoveredWindows,
                days: after.canaryAfterBusinessDays,
                at: after.canaryAt,
                phase: rollout.restartFrom,
              }),
            ],
          },
          ...(figures.length > 0
            ? [{ term: t('policyDoc.messageFigures'), value: [figures.join(t('gates.separator'))] }]
            : []),
          {
            term: t('policyDoc.panels'),
            value: [
              rollout.panels
                .map((panel) => labelIn(words.policy.panels[panel]?.label, locale, panel))
                .join(t('gates.separator')),
            ],
          },
          ...(linked
            ? [
                {
                  term: t('policyDoc.now'),
                  value: [
                    { text: t('policyDoc.toRollout'), href: `/rollouts/${encodeURIComponent(id)}` },
                  ] as Piece[],
                },
              ]
            : []),
        ],
      },
    ],
    parts: rollout.phases.map((phase) => phasePart(id, phase, words)),
  };
}

function phasePart(rolloutId: string, phase: Phase, words: Words): DocumentSection {
  const { t, locale } = words;
  const roles = (ids: readonly string[]): Text => [
    ids.map((role) => labelIn(words.policy.roles[role], locale, role)).join(t('gates.separator')),
  ];
  return {
    id: anchorOf('phase', rolloutId, phase.id),
    title: `${phase.id} · ${labelIn(phase.label, locale, phase.id)}`,
    blocks: [
      {
        kind: 'facts',
        rows: [
          { term: t('policyDoc.audience'), value: [audienceText(phase, words)] },
          {
            term: t('policyDoc.flags'),
            value: joined(
              Object.entries(phase.flags).map(([name, value]) => [code(`${name} = ${value}`)]),
              ', ',
            ),
          },
        ],
      },
      objectives(phase, words),
      {
        kind: 'list',
        label: t('policyDoc.gates'),
        items: phase.gates.map((gate) => gateText(gate, words)),
      },
      {
        kind: 'facts',
        rows: [
          {
            term: t('policyDoc.approvals'),
            value: joined(
              phase.approvals.map(({ role, count }) => [
                t('policyDoc.approval', { role: labelIn(words.policy.roles[role], locale, role), count }),
              ]),
              t('gates.separator'),
            ),
          },
          { term: t('policyDoc.promoteBy'), value: roles(phase.promoteBy) },
          {
            term: t('policyDoc.rollback'),
            value: [
              t(`policyDoc.rollback_${phase.rollback.mode}`, {
                span: formatSpan(phase.rollback.decideWithinSeconds, locale),
              }),
            ],
          },
          {
            term: t('policyDoc.automation'),
            value: [
              t(`automation.promotion_${phase.automation.promotion}`),
              ' ',
              t(`automation.rollback_${phase.automation.rollback}`),
            ],
          },
          ...(['info', 'warning', 'critical'] as const).map((level) => ({
            term: t(`policyDoc.notify_${level}`),
            value: phase.notify[level].length > 0 ? channels(phase.notify[level], words) : [t('app.none')],
          })),
        ],
      },
    ],
    parts: [],
  };
}

/** Channels in the order in which they are told, as people know them. */
export function channels(ids: readonly string[], { policy, t }: Words): Text {
  return joined(
    ids.map((id): Text => {
      const channel = policy.channels[id];
      if (channel?.kind === 'slack') return [code(channel.channel)];
      if (channel?.kind === 'pagerduty') return [code(channel.service), ` (${channel.severity})`];
      return channel?.kind === 'github_issue' ? [t('policyDoc.channel_github_issue')] : [code(id)];
    }),
    ' → ',
  );
}

function audienceText({ audience, exposureRatio }: Phase, { t, locale }: Words): string {
  return audience === 'exposure'
    ? t('policyDoc.audience_exposure', { share: formatShare(exposureRatio, locale) })
    : t(`policyDoc.audience_${audience}`);
}

function objectives(phase: Phase, words: Words): Block {
  const { t, locale, policy } = words;
  return {
    kind: 'table',
    caption: t('policyDoc.objectivesOf', { phase: phase.id }),
    head: ['metric', 'limit', 'over', 'every', 'samples', 'violation', 'then'].map((key) =>
      t(`policyDoc.objective_${key}`),
    ),
    rows: phase.objectives.map((objective) => {
      const metric = policy.metrics[objective.metric];
      const limit = formatLimit(objective.limit.value, metric?.unit ?? 'count', locale);
      return [
        [
          {
            text: labelIn(metric?.label, locale, objective.metric),
            href: `#${anchorOf('metric', objective.metric)}`,
          },
        ],
        [t(`policyDoc.limit_${objective.limit.kind}`, { limit })],
        [
          objective.window.kind === 'calendar_day'
            ? t('policyDoc.calendarDay')
            : formatSpan(objective.window.seconds, locale),
        ],
        [formatSpan(objective.everySeconds, locale)],
        [String(objective.minSamples)],
        [objective.shadow ? t('app.none') : violationText(objective, words)],
        [objective.shadow ? t('policyDoc.shadow') : t(`policyDoc.then_${objective.onViolation}`)],
      ];
    }),
  };
}

function violationText({ violation, judge, confidence }: Objective, { t, locale }: Words): string {
  const rule =
    'consecutive' in violation
      ? t('policyDoc.violation_consecutive', { count: violation.consecutive })
      : 'timesPerDay' in violation
        ? t('policyDoc.violation_timesPerDay', { count: violation.timesPerDay })
        : t('policyDoc.violation_unmetFor', { span: formatSpan(violation.unmetForSeconds, locale) });
  return judge === 'bound'
    ? `${rule} (${t('policyDoc.judge_bound', { confidence: formatShare(confidence, locale) })})`
    : rule;
}

function gateText(gate: Gate, { t, locale, policy }: Words): Text {
  switch (gate.kind) {
    case 'windows_running':
      return [t('policyDoc.gate_windows_running', { count: gate.windows })];
    case 'met_for':
      return [t('policyDoc.gate_met_for', { span: formatSpan(gate.durationSeconds, locale) })];
    case 'no_incident':
      return [
        gate.withinSeconds === null
          ? t(`policyDoc.gate_no_incident_${gate.severity}`)
          : t(`policyDoc.gate_no_incident_${gate.severity}_within`, {
              span: formatSpan(gate.withinSeconds, locale),
            }),
      ];
    case 'checklist':
      return [
        t('policyDoc.gate_checklist'),
        { text: gate.list, href: `#${anchorOf('checklist', gate.list)}` },
      ];
    case 'signed_off':
      return [
        t('policyDoc.gate_signed_off', {
          panels: gate.panels
            .map((panel) => labelIn(policy.panels[panel]?.label, locale, panel))
            .join(t('gates.separator')),
          role: labelIn(policy.roles[gate.role], locale, gate.role),
        }),
      ];
  }
}
