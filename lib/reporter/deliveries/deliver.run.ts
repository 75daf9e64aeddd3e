import { z } from 'zod';
import { env, log } from '#lib/config/server.ts';
import { database } from '#lib/database/server.ts';
import type { Observation, SendResult } from '#lib/integrations/index.ts';
import {
  type GitHubIssues,
  gitHubIssuesClient,
  pagerDutyClient,
  postThroughWebhook,
  slackClient,
} from '#lib/integrations/server.ts';
import { type MessageCause, MessageCauseSchema } from '#lib/outbox/index.ts';
import type { LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import {
  MESSAGE_KINDS,
  type MessageKind,
  renderMessage,
  type Sink,
  TemplateError,
  TemplateFilesError,
} from '#lib/templates/index.ts';
import { loadTemplate } from '#lib/templates/server.ts';
import { loadMessageFacts } from '../compose/facts.store.ts';
import type { MessageFacts } from '../compose/message-facts.ts';
import { valuesOf } from '../compose/values-of.ts';
import { issueTitle, pagerDutyAct, slackBlocks } from './compose-delivery.ts';
import { claimDelivery, type DeliveryClaim, recordAttempt, stillHolds } from './delivery.store.ts';

const MOST_AT_ONCE = 200;

/**
 * Delivers what is due, one after the other, until nothing is or the most for one run is reached (REP-3). Several processes
 * may do this at once. A delivery that fails is on record with its reason and never stops the next.
 * Returns how many attempts were made.
 */
export async function deliverDue(clock: () => Date = () => new Date()): Promise<{ attempts: number }> {
  let attempts = 0;
  while (attempts < MOST_AT_ONCE) {
    const loaded = await loadPolicy();
    const claim = await claimDelivery(clock(), loaded.retries.circuits.delivery);
    if (!claim) break;
    attempts += 1;
    const result = await attemptDelivery(loaded, { ...claim, clock });
    await recordAttempt(loaded, claim, result, clock());
    if (result.outcome !== 'delivered')
      log('reporter').warn(
        { delivery: claim.deliveryId, channel: claim.channel, result },
        'a message was not delivered',
      );
  }
  return { attempts };
}

/** A claim in the hands of this process, with its clock. */
type Held = DeliveryClaim & { clock: () => Date };

async function attemptDelivery(loaded: LoadedPolicy, claim: Held): Promise<SendResult> {
  try {
    const cause = MessageCauseSchema.parse({ kind: claim.kind, ...claim.values });
    const facts = await loadMessageFacts(loaded.policy, { ...claim, cause });
    return await send(loaded, claim, cause, facts);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // Ours fell over, perhaps after theirs had taken it: that is looked at before anything is sent.
    if (!isUnreadable(error)) return { outcome: 'unknown', error: message };
    // For people to mend; the message goes to the next channel meanwhile.
    return { outcome: 'failed', error: message, httpStatus: null };
  }
}

/** A template or a row that cannot be read now will not be at another time. */
const isUnreadable = (error: unknown): boolean =>
  error instanceof TemplateError || error instanceof TemplateFilesError || error instanceof z.ZodError;

/** The text of a message for a sink, in the language of the policy; marked while it is a rehearsal (ROL-8). */
export async function textOf(
  kind: MessageKind,
  sink: Sink,
  facts: MessageFacts,
  dryRun: boolean,
): Promise<string> {
  const text = renderMessage(await loadTemplate(kind), sink, facts.locale, valuesOf(kind, facts) as never);
  return dryRun ? `[dry_run=true] ${text}` : text;
}

async function send(
  loaded: LoadedPolicy,
  claim: Held,
  cause: MessageCause,
  facts: MessageFacts,
): Promise<SendResult> {
  switch (claim.sink) {
    case 'slack':
      return sendToSlack(loaded, claim, cause, facts);
    case 'pagerduty':
      return sendToPagerDuty(loaded, claim, cause, facts);
    case 'issue':
      return sendToIssue(claim, cause, facts);
    default:
      log('reporter').error(
        {
          message: claim.messageId,
          kind: claim.kind,
          level: claim.level,
          values: valuesOf(cause.kind, facts),
        },
        'a message that no channel took',
      );
      return { outcome: 'delivered', ref: {}, httpStatus: null };
  }
}

const notSetUp = (what: string): SendResult => ({
  outcome: 'failed',
  error: `${what} is not set up`,
  httpStatus: null,
});

/** Sends what this process still holds: whoever was taken for dead meanwhile sends nothing beside the other. */
async function held(claim: Held, act: () => Promise<SendResult>): Promise<SendResult> {
  return (await stillHolds(claim, claim.clock()))
    ? await act()
    : { outcome: 'unknown', error: 'another process has taken it over' };
}

/** By what a message is found again on the other side; one that a person has sent again is another there. */
const markOf = ({ deliveryId, askedAfter }: DeliveryClaim): string =>
  askedAfter === 0 ? deliveryId : `${deliveryId}.${askedAfter}`;

/** Sends unless a look says that it has arrived; where that cannot be told, it is asked again at the next attempt. */
async function once(
  claim: Held,
  observe: () => Promise<Observation>,
  act: () => Promise<SendResult>,
): Promise<SendResult> {
  if (!claim.mayHaveArrived) return held(claim, act);
  const seen = await observe();
  if (seen.found === true) return { outcome: 'delivered', ref: seen.ref, httpStatus: null };
  if (seen.found === 'cannot_tell')
    return { outcome: 'unknown', error: 'it could not be told whether it has arrived' };
  return held(claim, act);
}

async function sendToSlack(
  loaded: LoadedPolicy,
  claim: Held,
  cause: MessageCause,
  facts: MessageFacts,
): Promise<SendResult> {
  const { slack: config, slackWebhooks } = env().channels;
  const channel = loaded.policy.channels[claim.channel];
  if (channel?.kind !== 'slack') return notSetUp(`channel ${claim.channel}`);
  if (!config) {
    const url = slackWebhooks.get(channel.channel);
    return url ? await sendThroughWebhook(url, claim, cause, facts) : notSetUp('Slack (SLACK_BOT_TOKEN)');
  }
  const thread = await threadOf(claim.incidentId, claim.channel);
  const text = await textOf(cause.kind, 'slack', facts, claim.dryRun);
  const slack = slackClient(config);
  const post = {
    deliveryId: markOf(claim),
    channel: thread?.channel ?? channel.channel,
    writtenAt: claim.createdAt,
    text,
    blocks: slackBlocks(cause, text, facts),
    threadTs: thread?.ts,
  };
  const result = await once(
    claim,
    () => slack.observe(post),
    () => slack.post(post),
  );
  if (result.outcome === 'delivered' && claim.incidentId && result.ref.thread === undefined)
    await keepThread(claim, result.ref, thread?.ts ?? null, cause.kind === 'autosave-incident');
  return result;
}

/** What may have arrived through a webhook cannot be looked for: it is told elsewhere rather than twice. */
async function sendThroughWebhook(
  url: string,
  claim: Held,
  cause: MessageCause,
  facts: MessageFacts,
): Promise<SendResult> {
  if (claim.mayHaveArrived)
    return {
      outcome: 'failed',
      error: 'it may have arrived; a webhook cannot be asked',
      httpStatus: null,
    };
  const text = await textOf(cause.kind, 'slack', facts, claim.dryRun);
  return await held(claim, () => postThroughWebhook(url, { text, blocks: slackBlocks(cause, text, facts) }));
}

/** The thread of an incident in a channel: everything about it is said there. */
async function threadOf(
  incidentId: string | null,
  channel: string,
): Promise<{ channel: string; ts: string } | null> {
  if (incidentId === null) return null;
  const incident = await database().incident.findUnique({ where: { id: incidentId } });
  const [name, id] = (incident?.slackChannel ?? '').split(' ');
  return incident?.slackTs && name === channel && id ? { channel: id, ts: incident.slackTs } : null;
}

/**
 * The first message begins the thread, as does the first after the thread was deleted (`gone`); the alert of one that became
 * major takes it along to the alert's own channel.
 */
async function keepThread(
  claim: DeliveryClaim,
  ref: Record<string, string>,
  gone: string | null,
  isAlert: boolean,
): Promise<void> {
  if (claim.incidentId === null || !ref.ts || !ref.channel) return;
  await database().incident.updateMany({
    where: { id: claim.incidentId, ...(isAlert ? {} : { slackTs: gone }) },
    data: { slackChannel: `${claim.channel} ${ref.channel}`, slackTs: ref.ts, slackUrl: ref.url ?? null },
  });
}

async function sendToPagerDuty(
  loaded: LoadedPolicy,
  claim: Held,
  cause: MessageCause,
  facts: MessageFacts,
): Promise<SendResult> {
  const channel = loaded.policy.channels[claim.channel];
  if (channel?.kind !== 'pagerduty') return notSetUp(`channel ${claim.channel}`);
  const { eventsUrl, routingKeys } = env().channels.pagerDuty;
  const routingKey = routingKeys.get(channel.service);
  if (!routingKey) return notSetUp(`PagerDuty service ${channel.service} (PAGERDUTY_ROUTING_KEYS)`);
  const client = pagerDutyClient({ routingKey, eventsUrl });
  const values = valuesOf(cause.kind, facts);
  const common = {
    summary: await textOf(cause.kind, 'pagerduty', facts, claim.dryRun),
    source: 'phasegate',
    details: { ...values, priority: channel.severity },
    links: [{ href: values.incident_url ?? values.dashboard_url ?? facts.appUrl, text: 'Phasegate' }],
    at: claim.createdAt,
  };
  const act = pagerDutyAct(cause, facts, claim.askedAfter > 0);
  if (act.act === 'change') return held(claim, () => client.change(common));
  // The key makes a repeat harmless, so nothing has to be looked for first.
  const severity = channel.severity === 'P1' ? ('critical' as const) : ('error' as const);
  const { act: action, dedupKey } = act;
  const about = {
    component: facts.rolloutId ?? undefined,
    group: facts.phase ?? undefined,
    class: cause.kind,
  };
  const event = { ...common, ...about, action, dedupKey, severity, clientUrl: facts.appUrl };
  const result = await held(claim, () => client.send(event));
  if (result.outcome === 'delivered' && claim.incidentId)
    await keepPagerDutyState(claim.incidentId, action, facts.rca?.ownerName ?? null);
  return result;
}

/** How an incident stands at PagerDuty after a call: its webhook may say more, and later. */
async function keepPagerDutyState(
  id: string,
  action: 'trigger' | 'acknowledge' | 'resolve',
  owner: string | null,
): Promise<void> {
  const incidents = database().incident;
  switch (action) {
    case 'resolve':
      await incidents.updateMany({ where: { id }, data: { pagerdutyState: 'resolved' } });
      return;
    case 'acknowledge':
      await incidents.updateMany({
        where: { id, pagerdutyState: 'triggered' },
        data: { pagerdutyState: 'acknowledged', pagerdutyAcknowledgedBy: owner },
      });
      return;
    case 'trigger':
      // A further alert takes back nobody's acknowledgement; after a resolution it calls anew.
      await incidents.updateMany({
        where: { id, OR: [{ pagerdutyState: null }, { pagerdutyState: 'resolved' }] },
        data: { pagerdutyState: 'triggered' },
      });
  }
}

/** What an issue's state becomes with a message: closed with its incident, open again when that is; null: as it is. */
async function issueStateAfter(
  cause: MessageCause,
  incident: { id: string; state: string },
): Promise<'open' | 'closed' | null> {
  if (incident.state !== 'open') return cause.kind === 'incident-closed' ? 'closed' : null;
  const closedBefore = await database().delivery.count({
    where: {
      sink: 'issue',
      state: 'delivered',
      message: { incidentId: incident.id, kind: 'incident-closed' },
    },
  });
  return closedBefore > 0 ? 'open' : null;
}

/** An issue that was deleted, or moved out of sight: its incident goes on in another. */
const isGone = (result: SendResult): boolean =>
  result.outcome === 'failed' && (result.httpStatus === 404 || result.httpStatus === 410);

/** Gives an issue its state once its text is there. */
async function withState(
  client: GitHubIssues,
  written: SendResult,
  state: 'open' | 'closed' | null,
): Promise<SendResult> {
  if (written.outcome !== 'delivered' || state === null) return written;
  const set = await client.setState(Number(written.ref.issue), state);
  if (set.outcome === 'delivered') return written;
  // The text is there: the next attempt looks for it instead of writing it again.
  return set.outcome === 'retry'
    ? { outcome: 'unknown', error: set.error, retryAfterSeconds: set.retryAfterSeconds }
    : set;
}

async function sendToIssue(claim: Held, cause: MessageCause, facts: MessageFacts): Promise<SendResult> {
  const config = env().channels.issues;
  if (!config) return notSetUp('GitHub issues (GITHUB_TOKEN, GITHUB_REPOSITORY)');
  const client = gitHubIssuesClient(config);
  // Messages that fall back here without a text for issues are told as Slack would have been.
  const sinks: readonly Sink[] = MESSAGE_KINDS[cause.kind].sinks;
  const body = await textOf(cause.kind, sinks.includes('issue') ? 'issue' : 'slack', facts, claim.dryRun);
  const incident = claim.incidentId
    ? await database().incident.findUnique({ where: { id: claim.incidentId } })
    : null;
  if (incident?.issueNumber != null) {
    const issue = incident.issueNumber;
    const result = await once(
      claim,
      () => client.observeComment(issue, markOf(claim)),
      () => client.comment({ issue, body, marker: markOf(claim) }),
    );
    if (!isGone(result)) return await withState(client, result, await issueStateAfter(cause, incident));
  }
  const marker = incident ? `incident:${incident.id}` : markOf(claim);
  const opened = await once(
    // One issue per incident, never two: it is looked for even at a first attempt.
    { ...claim, mayHaveArrived: claim.mayHaveArrived || incident !== null },
    () => client.observeIssue(marker),
    () => client.open({ title: issueTitle(cause, facts), body, marker, labels: ['draft'] }),
  );
  // Of an incident that is over already, the issue is for the record: nobody would close it later. Not on record here before it
  // is closed, or the next attempt would write its text once more as a comment.
  const result = await withState(client, opened, incident?.state === 'closed' ? 'closed' : null);
  if (result.outcome === 'delivered' && incident)
    await database().incident.updateMany({
      where: { id: incident.id, issueNumber: incident.issueNumber },
      data: { issueNumber: Number(result.ref.issue), issueUrl: result.ref.url ?? null },
    });
  return result;
}
