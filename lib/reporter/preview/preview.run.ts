import { database } from '#lib/database/server.ts';
import { type MessageCause, MessageCauseSchema } from '#lib/outbox/index.ts';
import type { LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { MESSAGE_KINDS, type MessageKind, TemplateFilesError } from '#lib/templates/index.ts';
import { loadTemplate } from '#lib/templates/server.ts';
import { loadMessageFacts } from '../compose/facts.store.ts';
import { causeOfNewest, idOfSame, type NewestRows, previewTexts, type TemplatePreview } from './preview.ts';

const KINDS = Object.keys(MESSAGE_KINDS) as MessageKind[];

/**
 * Every kind of message as it would go out now, in every sink and language: made of the newest message of its kind, else of
 * what happened last (REP-4). Nothing is sent. `directory`: where `templates/` is. Errors: PolicyError, the database's.
 */
export async function previewTemplates(now: Date, directory = '.'): Promise<TemplatePreview[]> {
  const [loaded, rows] = await Promise.all([loadPolicy(), readNewestRows()]);
  const previews: TemplatePreview[] = [];
  for (const kind of KINDS) previews.push(await previewOf(kind, { loaded, rows, now, directory }));
  return previews;
}

async function previewOf(
  kind: MessageKind,
  at: { loaded: LoadedPolicy; rows: NewestRows; now: Date; directory: string },
): Promise<TemplatePreview> {
  const file = `templates/alerts/${kind}.md`;
  const nothing = { kind, file, madeOf: 'none', createdAt: null, texts: [] } as const;
  try {
    const template = await loadTemplate(kind, at.directory);
    const { madeOf, message } = await newestOf(kind, at);
    const facts = await loadMessageFacts(at.loaded.policy, message);
    return {
      kind,
      file,
      issues: [],
      madeOf,
      createdAt: madeOf === 'message' ? message.createdAt.toISOString() : null,
      texts: previewTexts(template, (locale) => ({ ...facts, locale })),
    };
  } catch (error) {
    if (!(error instanceof TemplateFilesError)) throw error;
    return { ...nothing, issues: error.templateIssues };
  }
}

type About = {
  cause: MessageCause;
  rolloutId: string | null;
  phase: string | null;
  incidentId: string | null;
  createdAt: Date;
};

/** What the preview of a kind is about. A message that was written by an older version is passed over. */
async function newestOf(
  kind: MessageKind,
  { loaded, rows, now }: { loaded: LoadedPolicy; rows: NewestRows; now: Date },
): Promise<{ madeOf: TemplatePreview['madeOf']; message: About }> {
  const sent = await database().message.findFirst({ where: { kind }, orderBy: { seq: 'desc' } });
  const stored = sent?.values !== null && typeof sent?.values === 'object' ? sent.values : {};
  const cause = MessageCauseSchema.safeParse({ kind, ...stored }).data;
  if (sent && cause) {
    const { rolloutId, phase, incidentId, createdAt } = sent;
    return { madeOf: 'message', message: { cause, rolloutId, phase, incidentId, createdAt } };
  }
  const { cause: newest, row } = causeOfNewest(kind, rows, now);
  return {
    madeOf: row ? 'newest' : 'none',
    message: {
      cause: newest,
      rolloutId: row ? row.rolloutId : (Object.keys(loaded.policy.rollouts)[0] ?? null),
      phase: row?.phase ?? null,
      incidentId: idOfSame(rows.incident, row),
      createdAt: now,
    },
  };
}

async function readNewestRows(): Promise<NewestRows> {
  const select = { id: true, rolloutId: true, phase: true } as const;
  const changed = { id: true, rolloutId: true, toPhase: true } as const;
  const newestChange = async (kind: 'rollback' | 'promotion') => {
    const row = await database().phaseChange.findFirst({
      where: { kind },
      orderBy: { createdAt: 'desc' },
      select: changed,
    });
    return row && { id: row.id, rolloutId: row.rolloutId, phase: row.toPhase };
  };
  const [verdict, incident, request, rollback, promotion, stop, decision] = await Promise.all([
    database().verdict.findFirst({ where: { isLatest: true }, orderBy: { windowStart: 'desc' }, select }),
    database().incident.findFirst({ orderBy: { number: 'desc' }, select }),
    database().rollbackRequest.findFirst({ orderBy: { openedAt: 'desc' }, select }),
    newestChange('rollback'),
    newestChange('promotion'),
    database().stopOrder.findFirst({
      where: { kind: 'kill' },
      orderBy: { orderedAt: 'desc' },
      select: { id: true },
    }),
    database().rolloutDecision.findFirst({ orderBy: { id: 'desc' }, select }),
  ]);
  return {
    verdict,
    incident,
    request,
    rollback,
    promotion,
    stop: stop && { id: stop.id, rolloutId: null, phase: null },
    decision,
  };
}
