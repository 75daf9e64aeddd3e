/** Where a text goes; each has its own way to be escaped and its own section of a template. */
export const SINKS = ['slack', 'pagerduty', 'issue', 'runbook', 'report'] as const;
export type Sink = (typeof SINKS)[number];
/** Every section is there in each of these. */
export const TEMPLATE_LOCALES = ['ja', 'en'] as const;
export type TemplateLocale = (typeof TEMPLATE_LOCALES)[number];

type Kind = {
  /** The sections a template must have, each in both languages. */
  sinks: readonly Sink[];
  /** What it may say. Every value is there when a message is made; none is ever empty. */
  fields: readonly string[];
  /** What every one of its sections must say (REP-4). */
  required: readonly string[];
};

const ABOUT = ['rollout', 'rollout_label', 'phase', 'phase_label', 'window', 'dashboard_url', 'at'] as const;
const VERDICT = ['p95', 'err_rate', 'metric', 'value', 'limit', 'samples', 'metric_table'] as const;
const INCIDENT = ['incident', 'severity', 'incident_url'] as const;

/** Every message there is, its template `templates/alerts/<kind>.md`, and the fields it may use (REP-4). */
export const MESSAGE_KINDS = {
  readiness: { sinks: ['slack'], fields: [...ABOUT, 'p95', 'gates'], required: ['phase', 'window', 'gates'] },
  'autosave-ok': {
    sinks: ['slack'],
    fields: [...ABOUT, 'p95', 'err_rate', 'metric_table'],
    required: ['phase', 'window', 'p95', 'err_rate'],
  },
  'autosave-warn': {
    sinks: ['slack', 'issue'],
    fields: [...ABOUT, ...VERDICT, 'reason'],
    required: ['phase', 'window', 'metric', 'value', 'limit'],
  },
  'autosave-incident': {
    sinks: ['slack', 'pagerduty', 'issue'],
    fields: [...ABOUT, ...VERDICT, ...INCIDENT, 'rollback_to', 'rollback_command', 'decision', 'mention'],
    required: ['phase', 'window', 'metric', 'rollback_command', 'incident'],
  },
  'autosave-rollback': {
    sinks: ['slack', 'runbook', 'issue'],
    fields: [
      ...ABOUT,
      ...INCIDENT,
      'from_phase',
      'to_phase',
      'initiator',
      'reason',
      'rollback_command',
      'proof',
    ],
    required: ['rollback_command', 'initiator', 'reason'],
  },
  rollback: {
    sinks: ['slack', 'pagerduty', 'issue'],
    fields: [
      ...ABOUT,
      ...INCIDENT,
      'from_phase',
      'to_phase',
      'initiator',
      'reason',
      'rollback_command',
      'flags_before',
      'flags_after',
      'restart_conditions',
      'next_canary',
      'proof',
    ],
    required: ['from_phase', 'to_phase', 'initiator', 'reason'],
  },
  'rollback-unproven': {
    sinks: ['slack', 'pagerduty', 'issue'],
    fields: [...ABOUT, ...INCIDENT, 'from_phase', 'to_phase', 'expected', 'served', 'mention'],
    required: ['from_phase', 'to_phase', 'expected', 'served'],
  },
  'not-recovered': {
    sinks: ['slack', 'pagerduty', 'issue'],
    fields: [...ABOUT, ...VERDICT, ...INCIDENT, 'watch_until', 'mention'],
    required: ['phase', 'metric'],
  },
  promotion: {
    sinks: ['slack', 'pagerduty'],
    fields: [
      ...ABOUT,
      'from_phase',
      'to_phase',
      'initiator',
      'reason',
      'approvers',
      'flags_before',
      'flags_after',
    ],
    required: ['from_phase', 'to_phase', 'initiator', 'approvers'],
  },
  'approval-request': {
    sinks: ['slack'],
    fields: [...ABOUT, 'to_phase', 'approvals', 'evidence', 'flags_before', 'flags_after'],
    required: ['phase', 'to_phase', 'approvals'],
  },
  'kill-switch': {
    sinks: ['slack', 'pagerduty'],
    fields: ['scope', 'initiator', 'reason', 'at', 'dashboard_url', 'stopped'],
    required: ['scope', 'initiator', 'reason'],
  },
  're-armed': {
    sinks: ['slack', 'pagerduty'],
    fields: ['scope', 'initiators', 'reason', 'at', 'dashboard_url'],
    required: ['scope', 'initiators'],
  },
  'step-overdue': {
    sinks: ['slack', 'pagerduty'],
    fields: [...ABOUT, ...INCIDENT, 'step', 'due', 'mention'],
    required: ['incident', 'step', 'due'],
  },
  'incident-closed': {
    sinks: ['slack', 'pagerduty', 'issue'],
    fields: [...ABOUT, ...INCIDENT, 'closed_by', 'closed_at', 'duration'],
    required: ['incident', 'closed_at'],
  },
  'incident-reopened': {
    sinks: ['slack', 'issue'],
    fields: [...ABOUT, ...INCIDENT, 'mention'],
    required: ['incident'],
  },
  'owner-named': {
    sinks: ['slack', 'pagerduty', 'issue'],
    fields: [...ABOUT, ...INCIDENT, 'owner', 'due'],
    required: ['incident', 'owner'],
  },
  'rca-due': {
    sinks: ['slack'],
    fields: [...ABOUT, ...INCIDENT, 'owner', 'due', 'mention'],
    required: ['incident', 'owner', 'due'],
  },
  'rca-shared': {
    sinks: ['slack', 'issue'],
    fields: [...ABOUT, ...INCIDENT, 'initiator', 'rca_url'],
    required: ['incident', 'initiator', 'rca_url'],
  },
  'collector-delayed': {
    sinks: ['slack'],
    fields: [...ABOUT, 'delay', 'reason'],
    required: ['window', 'delay'],
  },
} as const satisfies Record<string, Kind>;
export type MessageKind = keyof typeof MESSAGE_KINDS;

/** What a kind of message may say. */
export type MessageValues<K extends MessageKind> = Record<
  (typeof MESSAGE_KINDS)[K]['fields'][number],
  string
>;
