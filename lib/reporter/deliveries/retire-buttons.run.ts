import { z } from 'zod';
import { env, log } from '#lib/config/server.ts';
import { database } from '#lib/database/server.ts';
import { type Slack, slackClient } from '#lib/integrations/server.ts';
import { MessageCauseSchema } from '#lib/outbox/index.ts';
import type { Policy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { findRequiredRollback } from '#lib/rollouts/server.ts';
import { loadMessageFacts } from '../compose/facts.store.ts';
import { answeredMessage } from '../inbound/press-words.ts';
import { slackBlocks } from './compose-delivery.ts';
import { textOf } from './deliver.run.ts';

const LOOK_BACK_MS = 7 * 86_400_000;
const MOST_AT_ONCE = 20;
/** What Slack calls the message; `answered` once its buttons are gone and it says what became of the request. */
const RefSchema = z.object({ channel: z.string(), ts: z.string() }).catchall(z.string());
type Alert = { id: string; ref: z.infer<typeof RefSchema>; messageId: string };

/**
 * Takes the buttons off alerts in Slack whose request was answered, wherever that was: on a page, by a command, at its deadline,
 * or because it was withdrawn (ROL-3). The message then says who answered, when and how. Safe to repeat; an alert that cannot
 * be changed now is tried again at the next call. Returns how many were changed.
 */
export async function retireButtons(now: Date): Promise<number> {
  const config = env().channels.slack;
  if (!config) return 0;
  const { policy } = await loadPolicy();
  const slack = slackClient(config);
  let retired = 0;
  for (const alert of await alertsWithButtons(now)) {
    try {
      if (await retire(slack, policy, alert)) retired += 1;
    } catch (err) {
      log('reporter').error({ err, delivery: alert.id }, 'the buttons of an alert could not be taken off');
    }
  }
  return retired;
}

async function alertsWithButtons(now: Date): Promise<Alert[]> {
  const rows = await database().$queryRaw<{ id: string; messageId: string; ref: unknown }[]>`
    SELECT d.id::text, d.message_id::text AS "messageId", d.external_ref AS ref
    FROM delivery d JOIN message m ON m.id = d.message_id
    JOIN rollback_request r ON r.id::text = m.values->>'requestId'
    WHERE m.kind = 'autosave-incident' AND NOT m.dry_run AND m.created_at > ${new Date(now.getTime() - LOOK_BACK_MS)}
      AND d.sink = 'slack' AND d.state = 'delivered' AND r.state <> 'open'
      AND d.external_ref ? 'ts' AND NOT d.external_ref ? 'answered'
    ORDER BY m.seq LIMIT ${MOST_AT_ONCE}`;
  return rows.map(({ ref, ...row }) => ({ ...row, ref: RefSchema.parse(ref) }));
}

async function retire(slack: Slack, policy: Policy, { id, ref, messageId }: Alert): Promise<boolean> {
  const message = await database().message.findUniqueOrThrow({ where: { id: messageId } });
  const cause = MessageCauseSchema.parse({ kind: message.kind, ...Object(message.values) });
  const request =
    'requestId' in cause && cause.requestId ? await findRequiredRollback(cause.requestId) : null;
  if (!request) return false;
  const facts = await loadMessageFacts(policy, { ...message, cause });
  const text = await textOf(cause.kind, 'slack', facts, false);
  const blocks = slackBlocks(cause, text, facts);
  const open = blocks
    .flatMap((block) => (block.type === 'buttons' ? block.buttons : []))
    .find(({ url }) => url !== undefined);
  const edit = answeredMessage(
    { policy, locale: facts.locale },
    {
      message: {
        channel: ref.channel,
        ts: ref.ts,
        threadTs: undefined,
        text,
        paragraphs: blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])),
        link: open?.url ? { label: open.label, url: open.url } : null,
      },
    },
    request,
  );
  const sent = await slack.edit(edit);
  if (sent.outcome !== 'delivered') {
    log('reporter').warn({ delivery: id, sent }, 'the buttons of an alert could not be taken off');
    // A message that is gone, or not ours any more, has no buttons to take off.
    if (sent.outcome !== 'failed') return false;
  }
  const { count } = await database().delivery.updateMany({
    where: { id, state: 'delivered', externalRef: { equals: ref } },
    data: { externalRef: { ...ref, answered: request.state } },
  });
  return count > 0 && sent.outcome === 'delivered';
}
