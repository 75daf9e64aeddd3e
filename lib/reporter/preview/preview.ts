import type { MessageCause } from '#lib/outbox/index.ts';
import {
  MESSAGE_KINDS,
  type MessageKind,
  type MessageTemplate,
  renderMessage,
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

/** A kind of message as it would go out now (REP-4). */
export type TemplatePreview = {
  kind: MessageKind;
  file: string;
  /** What is wrong with its file; the texts are empty while there is something. */
  issues: readonly TemplateIssue[];
  /** message: the newest of its kind; newest: what happened last; none: nothing has happened yet, and a dash stands for it. */
  madeOf: 'message' | 'newest' | 'none';
  createdAt: string | null;
  texts: readonly PreviewText[];
};

/** The rows a message could be about: the newest of each. */
export type NewestRows = {
  verdictId: string | null;
  incidentId: string | null;
  requestId: string | null;
  rollbackId: string | null;
  promotionId: string | null;
  stopId: string | null;
  decisionId: string | null;
};

/** Stands where nothing has happened yet: an id that no row has. */
const NOBODY = '00000000-0000-4000-8000-000000000000';

/** What a message of this kind would be about if it were caused now, and whether there is such a row. Pure. */
export function causeOfNewest(
  kind: MessageKind,
  rows: NewestRows,
  now: Date,
): { cause: MessageCause; known: boolean } {
  const about = (id: string | null) => ({ id: id ?? NOBODY, known: id !== null });
  switch (kind) {
    case 'readiness': {
      const { id, known } = about(rows.verdictId);
      return { cause: { kind, verdictId: id, decisionId: rows.decisionId }, known };
    }
    case 'autosave-ok':
    case 'autosave-warn': {
      const { id, known } = about(rows.verdictId);
      return { cause: { kind, verdictId: id }, known };
    }
    case 'autosave-incident': {
      const { id, known } = about(rows.incidentId);
      return { cause: { kind, incidentId: id, requestId: rows.requestId }, known };
    }
    case 'incident-closed': {
      const { id, known } = about(rows.incidentId);
      return { cause: { kind, incidentId: id }, known };
    }
    case 'step-overdue': {
      const { id, known } = about(rows.incidentId);
      return { cause: { kind, incidentId: id, step: 'received' }, known };
    }
    case 'autosave-rollback':
    case 'rollback':
    case 'rollback-unproven':
    case 'not-recovered': {
      const { id, known } = about(rows.rollbackId);
      return { cause: { kind, changeId: id }, known };
    }
    case 'promotion': {
      const { id, known } = about(rows.promotionId);
      return { cause: { kind, changeId: id }, known };
    }
    case 'approval-request': {
      const { id, known } = about(rows.decisionId);
      return { cause: { kind, decisionId: id }, known };
    }
    case 'kill-switch':
    case 're-armed': {
      const { id, known } = about(rows.stopId);
      return { cause: { kind, stopId: id }, known };
    }
    case 'collector-delayed':
      return {
        cause: { kind, windowStart: now.toISOString(), delaySeconds: 600, reason: 'no telemetry' },
        known: false,
      };
  }
}

/** Every sink of a template in both languages, filled as strictly as when it is sent (REP-4). Pure. */
export function previewTexts(
  template: MessageTemplate,
  factsIn: (locale: TemplateLocale) => MessageFacts,
): PreviewText[] {
  const { kind } = template;
  return MESSAGE_KINDS[kind].sinks.flatMap((sink) =>
    TEMPLATE_LOCALES.map((locale): PreviewText => {
      try {
        const values = valuesOf(kind, factsIn(locale));
        return { sink, locale, text: renderMessage(template, sink, locale, values as never), problem: null };
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        return { sink, locale, text: null, problem: error.message };
      }
    }),
  );
}
