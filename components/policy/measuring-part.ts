import { formatShare, formatSpan } from '#lib/i18n/index.ts';
import type { EventField, Metric, Selector } from '#lib/policy/index.ts';
import { anchorOf, code, type DocumentSection, joined, type Piece, type Text } from './document.ts';
import { type DocumentWords, type Governance, labelIn } from './document-words.ts';

type Words = DocumentWords & Governance;

/** What is measured and how: metrics, error budgets, the cycle, telemetry, its events. */
export function measuringParts(words: Words): DocumentSection[] {
  return [metrics(words), slo(words), cycle(words), events(words)];
}

function metrics({ t, locale, policy }: Words): DocumentSection {
  return {
    id: 'metrics',
    title: t('policyDoc.metrics'),
    blocks: [],
    parts: Object.entries(policy.metrics).map(([id, metric]) => ({
      id: anchorOf('metric', id),
      title: labelIn(metric.label, locale, id),
      code: id,
      blocks: [
        {
          kind: 'facts' as const,
          rows: [
            { term: t('policyDoc.meaning'), value: [labelIn(metric.description, locale, id)] },
            { term: t('policyDoc.computed'), value: computed(metric, { t, locale, policy }) },
            {
              term: t('policyDoc.unit'),
              value: [`${t(`policyDoc.unit_${metric.unit}`)}, ${t(`policyDoc.better_${metric.better}`)}`],
            },
          ],
        },
      ],
      parts: [],
    })),
  };
}

type MetricWords = Pick<Words, 't' | 'locale' | 'policy'>;

function computed(metric: Metric, { t, locale, policy }: MetricWords): Text {
  const reference = (id: string): Piece => ({
    text: labelIn(policy.metrics[id]?.label, locale, id),
    href: `#${anchorOf('metric', id)}`,
  });
  const all = (selectors: readonly Selector[]) => joined(selectors.map(selected), ' + ');
  switch (metric.aggregation) {
    case 'p95':
    case 'max':
      return [
        `${t(`policyDoc.aggregation_${metric.aggregation}`)} `,
        code(metric.field),
        ' ← ',
        ...selected(metric.of),
      ];
    case 'count':
      return [`${t('policyDoc.aggregation_count')} `, ...all(metric.of)];
    case 'rate':
      return [...all(metric.numerator), ' ÷ (', ...all(metric.denominator), ')'];
    case 'delta_vs_baseline':
      return [
        reference(metric.of),
        ` ${t(`policyDoc.delta_${metric.mode}`, {
          phases: metric.baseline.phases.join(', '),
          span: formatSpan(metric.baseline.windowSeconds, locale),
          count: metric.baseline.minSamples,
        })}`,
      ];
    case 'moving_average':
      return [
        reference(metric.of),
        ` ${t('policyDoc.movingAverage', { span: formatSpan(metric.stepSeconds, locale) })}`,
      ];
  }
}

function selected({ event, where, sum }: Selector): Text {
  const conditions = Object.entries(where).map(
    ([field, value]) => `${field} = ${Array.isArray(value) ? value.join(' | ') : String(value)}`,
  );
  const name = { text: event, href: `#${anchorOf('event', event)}`, code: true };
  return [
    ...(sum === undefined ? [] : ['Σ ', code(sum), ' ← ']),
    name,
    ...(conditions.length === 0 ? [] : [' [', code(conditions.join(', ')), ']']),
  ];
}

function slo({ t, locale, policy }: Words): DocumentSection {
  const { periodSeconds, windowsTarget, burnRates, alertFromBad, budgetBands } = policy.slo;
  const rate = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  return {
    id: 'slo',
    title: t('policyDoc.slo'),
    blocks: [
      {
        kind: 'facts',
        rows: [
          { term: t('policyDoc.sloPeriod'), value: [formatSpan(periodSeconds, locale)] },
          {
            term: t('policyDoc.sloWindows'),
            value: [t('policyDoc.sloWindowsText', { share: formatShare(windowsTarget, locale) })],
          },
          {
            term: t('policyDoc.sloBands'),
            value: [
              t('policyDoc.sloBandsText', {
                healthy: formatShare(budgetBands.healthy, locale),
                observe: formatShare(budgetBands.observe, locale),
                attention: formatShare(budgetBands.attention, locale),
              }),
            ],
          },
          { term: t('policyDoc.sloAlertFrom'), value: [t('policyDoc.sloAlertFromText', alertFromBad)] },
        ],
      },
      {
        kind: 'table',
        caption: t('policyDoc.burnRates'),
        head: ['rate', 'budget', 'long', 'short', 'severity'].map((key) => t(`policyDoc.burn_${key}`)),
        rows: burnRates.map((burn): Text[] => [
          [rate.format((burn.budgetShare * periodSeconds) / burn.longSeconds)],
          [formatShare(burn.budgetShare, locale)],
          [formatSpan(burn.longSeconds, locale)],
          [formatSpan(burn.shortSeconds, locale)],
          [t(`policyDoc.burn_${burn.severity}`)],
        ]),
      },
    ],
    parts: [],
  };
}

function cycle({ t, locale, policy }: Words): DocumentSection {
  const span = (seconds: number): Text => [formatSpan(seconds, locale)];
  const { cycle: c, telemetry, retention, fastLane, judging, limits } = policy;
  const count = new Intl.NumberFormat(locale);
  const rows: [string, Text][] = [
    ['window', span(c.windowSeconds)],
    [
      'slots',
      [
        t('policyDoc.slotsText', {
          collect: formatSpan(c.slotSeconds.collect, locale),
          analyze: formatSpan(c.slotSeconds.analyze, locale),
          report: formatSpan(c.slotSeconds.report, locale),
        }),
      ],
    ],
    ['lateness', span(c.latenessSeconds)],
    ['catchUp', span(c.catchUpSeconds)],
    ['staleAfter', span(c.staleAfterSeconds)],
    ['delayedAfter', span(c.delayedAfterSeconds)],
    ['pauseWarnAfter', span(c.pauseWarnAfterSeconds)],
    [
      'sources',
      joined(
        telemetry.sources.map((source) => [code(source)]),
        ', ',
      ),
    ],
    ['maxAge', span(telemetry.maxAgeSeconds)],
    [
      'exclusions',
      joined(
        telemetry.exclusions.map(({ tag, where, phases, event }) => [
          code(tag),
          ` (${[
            ...(event === undefined ? [] : [event]),
            ...Object.entries(where).map(([field, value]) => `${field} = ${String(value)}`),
            ...(phases === undefined ? [] : [phases.join(', ')]),
          ].join('; ')})`,
        ]),
        ', ',
      ),
    ],
    ['warnFrom', [t('policyDoc.warnFromText', { share: formatShare(judging.warnFrom, locale) })]],
    [
      'fastLane',
      [
        t('policyDoc.fastLaneText', {
          confidence: formatShare(fastLane.confidence, locale),
          count: fastLane.minEvents,
          events: fastLane.violationEvents.join(', '),
        }),
      ],
    ],
    [
      'retention',
      [
        t('policyDoc.retentionText', {
          windows: formatSpan(retention.windowsSeconds, locale),
          verdicts: formatSpan(retention.verdictsSeconds, locale),
          payloads: formatSpan(retention.payloadsSeconds, locale),
          quarantine: formatSpan(retention.quarantineSeconds, locale),
          sessions: formatSpan(retention.sessionsSeconds, locale),
        }),
      ],
    ],
    ...Object.entries(limits).map(([name, { count: most, windowSeconds }]): [string, Text] => [
      `limit_${name}`,
      [t('policyDoc.perSpan', { count: count.format(most), span: formatSpan(windowSeconds, locale) })],
    ]),
  ];
  return {
    id: 'cycle',
    title: t('policyDoc.cycle'),
    blocks: [
      { kind: 'facts', rows: rows.map(([key, value]) => ({ term: t(`policyDoc.cycle_${key}`), value })) },
    ],
    parts: [],
  };
}

function events({ t, locale, catalogue }: Words): DocumentSection {
  return {
    id: 'events',
    title: t('policyDoc.events'),
    blocks: [{ kind: 'paragraph', text: [t('policyDoc.eventsText')] }],
    parts: Object.entries(catalogue.events).map(([name, event]) => ({
      id: anchorOf('event', name),
      title: labelIn(event.description, locale, name),
      code: name,
      blocks:
        Object.keys(event.fields).length === 0
          ? []
          : [
              {
                kind: 'table' as const,
                caption: t('policyDoc.fieldsOf', { event: name }),
                head: [t('policyDoc.field'), t('policyDoc.form'), t('policyDoc.kept')],
                rows: [
                  ...Object.entries(event.fields).map(([field, rules]): Text[] => [
                    [code(field)],
                    [formText(rules, t)],
                    [keptText(rules, t)],
                  ]),
                  ...Object.entries(event.derived).map(([field, rule]): Text[] => [
                    [code(field)],
                    ['greaterThan' in rule ? rule.greaterThan.join(' > ') : rule.product.join(' × ')],
                    [t('policyDoc.derived')],
                  ]),
                ],
              },
            ],
      parts: [],
    })),
  };
}

function formText(field: EventField, t: Words['t']): string {
  const bounds =
    field.type === 'number' || field.type === 'integer'
      ? [
          ...(field.min === undefined ? [] : [`≥ ${field.min}`]),
          ...(field.max === undefined ? [] : [`≤ ${field.max}`]),
        ]
      : field.type === 'string' && field.values
        ? [field.values.join(' | ')]
        : [];
  const required = t(field.required ? 'policyDoc.required' : 'policyDoc.optional');
  return [t(`policyDoc.type_${field.type}`), ...bounds, required].join(', ');
}

function keptText(field: EventField, t: Words['t']): string {
  if ('measure' in field) return t(`policyDoc.measure_${field.measure}`);
  return field.dimension ? t('policyDoc.dimension') : t('app.none');
}
