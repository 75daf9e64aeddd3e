import { database } from '#lib/database/server.ts';
import { ALERT_KINDS, MessageCauseSchema } from '#lib/outbox/index.ts';
import type { Policy } from '#lib/policy/index.ts';
import { MESSAGE_KINDS, type MessageKind, renderMessage, type Sink } from '#lib/templates/index.ts';
import { loadTemplate } from '#lib/templates/server.ts';
import { loadMessageFacts } from '../compose/facts.store.ts';
import { valuesOf } from '../compose/values-of.ts';
import type { NewReport } from './report-file.store.ts';
import { alertPath } from './report-paths.ts';

/** What follows an alert about a rollback is its runbook (REP-7). */
const RUNBOOK = 'autosave-rollback';
const RUNBOOK_HEADING = '## Runbook';

type MessageRow = Awaited<ReturnType<typeof messagesOf>>[number];

/** The alerts of an incident as reports, each with the runbook entries that followed it (REP-5, REP-7), oldest first. */
export async function alertReports(
  policy: Policy,
  incident: { id: string; number: number; rolloutId: string },
): Promise<NewReport[]> {
  const messages = await messagesOf(incident.id);
  const alerts = messages.filter(({ kind }) => ALERT_KINDS.includes(kind));
  const entries = messages.filter(({ kind }) => kind === RUNBOOK);
  return await Promise.all(
    alerts.map(async (alert, index) => {
      const next = alerts[index + 1];
      const runbook = entries.filter(
        ({ createdAt }) => createdAt >= alert.createdAt && (!next || createdAt < next.createdAt),
      );
      const lines = await Promise.all(runbook.map((entry) => textOf(policy, entry, 'runbook')));
      const body = await textOf(policy, alert, 'issue');
      return {
        path: await pathOf(alert, incident),
        kind: 'alert' as const,
        content: `${[body, ...(lines.length > 0 ? [`${RUNBOOK_HEADING}\n\n${lines.join('\n')}`] : [])].join('\n\n')}\n`,
        incidentId: incident.id,
        rolloutId: incident.rolloutId,
      };
    }),
  );
}

function messagesOf(incidentId: string) {
  return database().message.findMany({
    where: { incidentId, dryRun: false, kind: { in: [...ALERT_KINDS, RUNBOOK] } },
    orderBy: { seq: 'asc' },
  });
}

async function pathOf(alert: MessageRow, incident: { id: string; number: number }): Promise<string> {
  const path = alertPath(alert.createdAt, null);
  const taken = await database().reportFile.findUnique({ where: { path }, select: { incidentId: true } });
  return taken && taken.incidentId !== incident.id ? alertPath(alert.createdAt, incident.number) : path;
}

async function textOf(policy: Policy, message: MessageRow, sink: Sink): Promise<string> {
  const kind = message.kind as MessageKind;
  const cause = MessageCauseSchema.parse({ kind, ...Object(message.values) });
  const facts = await loadMessageFacts(policy, { ...message, cause });
  const sinks: readonly Sink[] = MESSAGE_KINDS[kind].sinks;
  if (!sinks.includes(sink)) throw new RangeError(`${kind} has no text for ${sink}`);
  return renderMessage(await loadTemplate(kind), sink, facts.locale, valuesOf(kind, facts) as never);
}
