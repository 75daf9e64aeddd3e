import { z } from 'zod';
import { LevelSchema } from '#lib/outbox/index.ts';
import type { Policy } from '#lib/policy/index.ts';
import { incidentKey, isOver } from '#lib/reporter/index.ts';
import { ATTEMPT_OUTCOMES, type ChannelHealth, type DeliveryRow } from './delivery-list.schema.ts';
import { labelOf } from './tasks.ts';

const OutcomeSchema = z.enum(ATTEMPT_OUTCOMES);
const BaseStateSchema = z.enum(['due', 'sending', 'delivered', 'failed', 'cancelled']);
/** Of what the other side answered only an address is of use here. */
const RefSchema = z.object({ url: z.url({ protocol: /^https?$/ }) });

export type DeliveryFacts = {
  id: string;
  channel: string;
  sink: string;
  state: string;
  nextAt: Date | null;
  lastError: string | null;
  externalRef: unknown;
  createdAt: Date;
  endedAt: Date | null;
  fallbackOf: string | null;
  attempts: readonly {
    number: number;
    startedAt: Date;
    outcome: string;
    httpStatus: number | null;
    latencyMs: number | null;
    error: string | null;
  }[];
  message: {
    kind: string;
    level: string;
    rolloutId: string | null;
    phase: string | null;
    incidentId: string | null;
    dryRun: boolean;
    /** Every delivery of this message. */
    deliveries: readonly { id: string; channel: string; fallbackOf: string | null }[];
  };
};

/** A delivery as pages show it. `about`: the incident or the stop it is about, as far as they are known. Pure. */
export function deliveryRowOf(
  delivery: DeliveryFacts,
  about: { incident: { number: number; state: string } | null; stop: { endedAt: Date | null } | null },
  policy: Policy,
): DeliveryRow {
  const { message } = delivery;
  const state = BaseStateSchema.parse(delivery.state);
  const next = message.deliveries.find(({ fallbackOf }) => fallbackOf === delivery.id) ?? null;
  const before = message.deliveries.find(({ id }) => id === delivery.fallbackOf) ?? null;
  const nameOf = (channel: string) => channelNameOf(policy, channel);
  return {
    id: delivery.id,
    kind: message.kind,
    level: LevelSchema.parse(message.level),
    rolloutId: message.rolloutId,
    rolloutLabel: labelOf(policy, message.rolloutId),
    phase: message.phase,
    incident:
      message.incidentId !== null && about.incident
        ? { id: message.incidentId, key: incidentKey(about.incident.number) }
        : null,
    over: isOver(about),
    channel: delivery.channel,
    channelName: nameOf(delivery.channel),
    sink: delivery.sink,
    state: state === 'failed' && next ? 'fallen_back' : state,
    dryRun: message.dryRun,
    attempts: delivery.attempts.map((attempt) => ({
      number: attempt.number,
      startedAt: attempt.startedAt.toISOString(),
      outcome: OutcomeSchema.parse(attempt.outcome),
      httpStatus: attempt.httpStatus,
      latencyMs: attempt.latencyMs,
      error: attempt.error,
    })),
    nextAt: delivery.nextAt?.toISOString() ?? null,
    lastError: delivery.lastError,
    url: RefSchema.safeParse(delivery.externalRef).data?.url ?? null,
    createdAt: delivery.createdAt.toISOString(),
    endedAt: delivery.endedAt?.toISOString() ?? null,
    insteadOf: before && nameOf(before.channel),
    takenOverBy: next && nameOf(next.channel),
  };
}

/** What people call a channel; the id of one that the policy lacks, such as `log`. Pure. */
export function channelNameOf(policy: Policy, id: string): string {
  const channel = policy.channels[id];
  switch (channel?.kind) {
    case 'slack':
      return channel.channel;
    case 'pagerduty':
      return `PagerDuty ${channel.service} (${channel.severity})`;
    case 'github_issue':
      return 'GitHub';
    case undefined:
      return id;
  }
}

export type ChannelFacts = {
  slack: boolean;
  /** The channels of Slack that have an incoming webhook. */
  slackWebhooks: ReadonlySet<string>;
  issues: boolean;
  /** The services of PagerDuty that have a key. */
  pagerDutyServices: ReadonlySet<string>;
  circuits: readonly { channel: string; failures: number; openUntil: Date | null }[];
  counts: readonly { channel: string; waitingCount: number; lastDeliveredAt: Date | null }[];
  now: Date;
};

/** Every channel of the policy and how it is. Pure. */
export function channelHealthOf(policy: Policy, facts: ChannelFacts): ChannelHealth[] {
  return Object.entries(policy.channels).map(([id, channel]) => {
    const circuit = facts.circuits.find((each) => each.channel === id);
    const counted = facts.counts.find((each) => each.channel === id);
    const openUntil = circuit?.openUntil ?? null;
    return {
      channel: id,
      name: channelNameOf(policy, id),
      kind: channel.kind,
      missing: missingOf(channel, facts),
      openUntil: openUntil !== null && openUntil > facts.now ? openUntil.toISOString() : null,
      failures: circuit?.failures ?? 0,
      waitingCount: counted?.waitingCount ?? 0,
      lastDeliveredAt: counted?.lastDeliveredAt?.toISOString() ?? null,
    };
  });
}

function missingOf(channel: Policy['channels'][string], facts: ChannelFacts): string | null {
  switch (channel.kind) {
    case 'slack':
      return facts.slack || facts.slackWebhooks.has(channel.channel) ? null : 'SLACK_BOT_TOKEN';
    case 'pagerduty':
      return facts.pagerDutyServices.has(channel.service) ? null : 'PAGERDUTY_ROUTING_KEYS';
    case 'github_issue':
      return facts.issues ? null : 'GITHUB_TOKEN, GITHUB_REPOSITORY';
  }
}
