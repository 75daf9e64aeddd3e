type Report = {
  /** What it may say. Every value is there when a report is made; none is ever empty. */
  fields: readonly string[];
  /** What it must say in each language (REP-4). */
  required: readonly string[];
};

/** Every report that is made of a template, `templates/reports/<kind>.md`, and the fields it may use. */
export const REPORT_KINDS = {
  /** The draft of a root cause analysis (ROL-6). */
  rca: {
    fields: [
      'incident',
      'incident_url',
      'rollout_label',
      'phase_label',
      'severity',
      'cause',
      'opened_at',
      'closed_at',
      'window',
      'metric_table',
      'step_back',
      'flags_before',
      'flags_after',
      'timeline',
      'owner',
      'due',
      'alerts',
    ],
    required: ['incident', 'metric_table', 'flags_before', 'flags_after', 'timeline', 'owner', 'due'],
  },
  /** The day before, in the policy's zone (REP-6). */
  daily: {
    fields: ['day', 'zone', 'dashboard_url', 'phases', 'rollbacks', 'deliveries', 'excluded', 'tasks'],
    required: ['day', 'phases', 'rollbacks', 'deliveries', 'excluded', 'tasks'],
  },
  /** What a rehearsal played, fired and would have told (ROL-8). */
  rehearsal: {
    fields: [
      'rollout_label',
      'phase_label',
      'played_at',
      'by',
      'simulated',
      'window',
      'verdict',
      'metric_table',
      'decision',
      'step_back',
      'flags_before',
      'flags_after',
      'fired',
      'stages',
      'late',
      'messages',
      'delivered',
    ],
    required: ['simulated', 'verdict', 'decision', 'step_back', 'fired', 'stages', 'late', 'messages'],
  },
} as const satisfies Record<string, Report>;
export type ReportKind = keyof typeof REPORT_KINDS;

/** What a report says. */
export type ReportValues<K extends ReportKind> = Record<(typeof REPORT_KINDS)[K]['fields'][number], string>;
