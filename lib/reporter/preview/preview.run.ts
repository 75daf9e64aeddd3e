import { env } from '#lib/config/server.ts';
import { database, inTransaction } from '#lib/database/server.ts';
import { type MessageCause, MessageCauseSchema } from '#lib/outbox/index.ts';
import type { LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import {
  MESSAGE_KINDS,
  type MessageKind,
  REPORT_KINDS,
  type ReportKind,
  type ReportTemplate,
  type ReportValues,
  TemplateFilesError,
} from '#lib/templates/index.ts';
import { loadReportTemplate, loadTemplate } from '#lib/templates/server.ts';
import { loadMessageFacts } from '../compose/facts.store.ts';
import { NONE } from '../compose/wording.ts';
import { loadDay } from '../daily/daily.store.ts';
import { dailyValues } from '../daily/daily-values.ts';
import { pastDays } from '../daily/day.ts';
import { rcaFacts } from '../files/rca-report.store.ts';
import { rcaValues } from '../files/rca-values.ts';
import {
  causeOfNewest,
  idOfSame,
  type NewestRows,
  previewReport,
  previewTexts,
  type TemplatePreview,
} from './preview.ts';

const KINDS = Object.keys(MESSAGE_KINDS) as MessageKind[];

/**
 * Every kind of message and report as it would go out now, in every sink and language: made of the newest message of its kind, else of
 * what happened last (REP-4). Nothing is sent. `directory`: where `templates/` is. Errors: PolicyError, the database's.
 */
export async function previewTemplates(now: Date, directory = '.'): Promise<TemplatePreview[]> {
  const [loaded, rows] = await Promise.all([loadPolicy(), readNewestRows()]);
  const previews: TemplatePreview[] = [];
  for (const kind of KINDS) previews.push(await previewOf(kind, { loaded, rows, now, directory }));
  previews.push(await previewRca({ loaded, rows, now, directory }));
  previews.push(await previewDaily({ loaded, now, directory }));
  previews.push(await previewRehearsal(directory));
  return previews;
}

/** The draft of the newest incident as it would be written now. */
function previewRca({ loaded: { policy }, rows, now, directory }: At): Promise<TemplatePreview> {
  const { incident } = rows;
  return reportPreview('rca', directory, async (template) => {
    if (!incident?.rolloutId) return { madeOf: 'none', texts: previewReport(template, () => dashes('rca')) };
    const about = { id: incident.id, rolloutId: incident.rolloutId };
    const { facts } = await rcaFacts(policy, about, [], now);
    return {
      madeOf: 'newest',
      texts: previewReport(template, (locale) => rcaValues({ ...facts, locale })),
    };
  });
}

/** Of the day before, whatever happened in it. */
function previewDaily({ loaded: { policy }, now, directory }: Omit<At, 'rows'>): Promise<TemplatePreview> {
  return reportPreview('daily', directory, async (template) => {
    const yesterday = pastDays(policy.timezone, now).at(-1);
    if (!yesterday) return { madeOf: 'none', texts: previewReport(template, () => dashes('daily')) };
    const facts = await inTransaction((tx) => loadDay(tx, yesterday));
    const about = { ...facts, policy, day: yesterday.day, appUrl: env().appUrl };
    return {
      madeOf: 'newest',
      texts: previewReport(template, (locale) => dailyValues({ ...about, locale })),
    };
  });
}

/** What a rehearsal says is made by playing one: here a dash stands for it. */
function previewRehearsal(directory: string): Promise<TemplatePreview> {
  return reportPreview('rehearsal', directory, async (template) => ({
    madeOf: 'none',
    texts: previewReport(template, () => dashes('rehearsal')),
  }));
}

const dashes = <K extends ReportKind>(kind: K): ReportValues<K> =>
  Object.fromEntries(REPORT_KINDS[kind].fields.map((field) => [field, NONE])) as ReportValues<K>;

async function reportPreview<K extends ReportKind>(
  kind: K,
  directory: string,
  make: (template: ReportTemplate & { kind: K }) => Promise<Pick<TemplatePreview, 'madeOf' | 'texts'>>,
): Promise<TemplatePreview> {
  const about = { kind: `report-${kind}`, file: `templates/reports/${kind}.md`, createdAt: null } as const;
  try {
    return { ...about, issues: [], ...(await make(await loadReportTemplate(kind, directory))) };
  } catch (error) {
    if (!(error instanceof TemplateFilesError)) throw error;
    return { ...about, madeOf: 'none', texts: [], issues: error.templateIssues };
  }
}

type At = { loaded: LoadedPolicy; rows: NewestRows; now: Date; directory: string };

async function previewOf(kind: MessageKind, at: At): Promise<TemplatePreview> {
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
