import type { MessageCause } from '#lib/outbox/index.ts';
import {
  MESSAGE_KINDS,
  type MessageKind,
  type MessageTemplate,
  type ReportKind,
  type ReportTemplate,
  type ReportValues,
  renderMessage,
  renderReport,
  type Sink,
  TEMPLATE_LOCALES,
  TemplateError,
  type TemplateIssue,
  type TemplateLocale,
} from '#lib/templates/index.ts';
import type { MessageFacts } from '../compose/message-facts.ts';
import { valuesOf } from '../compose/values-of.ts';

/** The text of one sink and language, or why there is none. */
export type PreviewText = { sink: Sink; locale: TemplateLocale; text: string | null; problem: string | null };

/** A report that is made of a template, among the messages. */
export type ReportPreviewKind = `report-${ReportKind}`;

/** A kind of message or report as it would go out now (REP-4). */
export type TemplatePreview = {
  kind: MessageKind | ReportPreviewKind;
  file: string;
  /** What is wrong with its file; the texts are empty while there is something. */
  issues: readonly TemplateIssue[];
  /** message: the newest of its kind; newest: what happened last; none: nothing has happened yet, and a dash stands for it. */
  madeOf: 'message' | 'newest' | 'none';
  createdAt: string | null;
  texts: readonly PreviewText[];
};

/** A row a message could be about, and of which rollout and phase it is. */
export type NewestRow = { id: string; rolloutId: string | null; phase: string | null };

/** The newest row of each sort; null: there is none yet. */
export type NewestRows = Record<
  'verdict' | 'incident' | 'request' | 'rollback' | 'promotion' | 'stop' | 'decision',
  NewestRow | null
>;

/** Stands where nothing has happened yet: an id that no row has. */
const NOBODY = '00000000-0000-4000-8000-000000000000';

/** What a message of this kind would be about if it were caused now; `row`: null where there is nothing of the sort. Pure. */
export function causeOfNewest(
  kind: MessageKind,
  rows: NewestRows,
  now: Date,
): { cause: MessageCause; row: NewestRow | null } {
  const about = (row: NewestRow | null, cause: (id: string) => MessageCause) => ({
    cause: cause(row?.id ?? NOBODY),
    row,
  });
  switch (kind) {
    case 'readiness':
      return about(rows.verdict, (verdictId) => ({
        kind,
        verdictId,
        decisionId: idOfSame(rows.decision, rows.verdict),
      }));
    case 'autosave-ok':
      return about(rows.verdict, (verdictId) => ({ kind, verdictId }));
    case 'autosave-warn':
      return about(rows.verdict, (verdictId) => ({ kind, verdictId }));
    case 'autosave-incident':
      return about(rows.incident, (incidentId) => ({
        kind,
        incidentId,
        requestId: idOfSame(rows.request, rows.incident),
      }));
    case 'incident-closed':
    case 'incident-reopened':
    case 'owner-named':
    case 'rca-due':
    case 'rca-shared':
      return about(rows.incident, (incidentId) => ({ kind, incidentId }));
    case 'step-overdue':
      return about(rows.incident, (incidentId) => ({ kind, incidentId, step: 'received' }));
    case 'autosave-rollback':
    case 'rollback':
    case 'rollback-unproven':
    case 'not-recovered':
      return about(rows.rollback, (changeId) => ({ kind, changeId }));
    case 'promotion':
      return about(rows.promotion, (changeId) => ({ kind, changeId }));
    case 'approval-request':
      return about(rows.decision, (decisionId) => ({ kind, decisionId }));
    case 'kill-switch':
    case 're-armed':
      return about(rows.stop, (stopId) => ({ kind, stopId }));
    case 'collector-delayed':
      return about(null, () => ({
        kind,
        windowStart: now.toISOString(),
        delaySeconds: 600,
        reason: 'no telemetry',
      }));
  }
}

/** The id of a row if it is of the same rollout as another: a message never mixes two. Pure. */
export function idOfSame(row: NewestRow | null, other: NewestRow | null): string | null {
  return row !== null && row.rolloutId === other?.rolloutId ? row.id : null;
}

/** Every sink of a template in both languages, filled as strictly as when it is sent (REP-4). Pure. */
export function previewTexts(
  template: MessageTemplate,
  factsIn: (locale: TemplateLocale) => MessageFacts,
): PreviewText[] {
  const { kind } = template;
  return MESSAGE_KINDS[kind].sinks.flatMap((sink) =>
    TEMPLATE_LOCALES.map((locale) =>
      textOr(sink, locale, () =>
        renderMessage(template, sink, locale, valuesOf(kind, factsIn(locale)) as never),
      ),
    ),
  );
}

/** A report in both languages, filled as strictly as when it is written (REP-4). Pure. */
export function previewReport<K extends ReportKind>(
  template: ReportTemplate & { kind: K },
  valuesIn: (locale: TemplateLocale) => ReportValues<K>,
): PreviewText[] {
  return TEMPLATE_LOCALES.map((locale) =>
    textOr('report', locale, () => renderReport(template, locale, valuesIn(locale))),
  );
}

function textOr(sink: Sink, locale: TemplateLocale, render: () => string): PreviewText {
  try {
    return { sink, locale, text: render(), problem: null };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { sink, locale, text: null, problem: error.message };
  }
}
