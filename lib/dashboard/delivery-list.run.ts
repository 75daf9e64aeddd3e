import { z } from 'zod';
import { env } from '#lib/config/server.ts';
import { database } from '#lib/database/server.ts';
import type { Actor } from '#lib/identity/index.ts';
import { incidentKey } from '#lib/incidents/index.ts';
import type { Policy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import type { DeliveryList, DeliveryQuery } from './delivery-list.schema.ts';
import { type ChannelFacts, channelHealthOf, deliveryRowOf } from './delivery-list.ts';
import { rightOf } from './reader.ts';

const MOST_INCIDENTS = 50;
const PlaceSchema = z.array(z.strictObject({ id: z.uuid(), seq: z.bigint(), position: z.int() }));
const CountSchema = z.array(
  z.strictObject({ channel: z.string(), waitingCount: z.int(), lastDeliveredAt: z.date().nullable() }),
);

/**
 * One page of deliveries for one reader, newest message first and its channels in their order, with every attempt; and how
 * each channel is (REP-3). Errors: PolicyError, the database's.
 */
export async function readDeliveries(query: DeliveryQuery, reader: Actor, now: Date): Promise<DeliveryList> {
  const { policy } = await loadPolicy();
  const [places, channels, incidents] = await Promise.all([
    readPlaces(query),
    readChannelFacts(policy, now),
    readIncidents(query.incident),
  ]);
  const shown = places.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    now: now.toISOString(),
    rows: await readRows(
      shown.map(({ id }) => id),
      policy,
    ),
    nextBefore: places.length > query.limit && last ? `${last.seq}.${last.position}` : null,
    channels: channelHealthOf(policy, channels),
    rollouts: Object.entries(policy.rollouts).map(([id, { label }]) => ({ id, label })),
    incidents,
    sendAgain: rightOf(policy, reader, 'send_again'),
  };
}

/** Which deliveries the page shows, one more than fits. */
async function readPlaces({ state, channel, level, rollout, incident, before, limit }: DeliveryQuery) {
  const [seq, position] = before?.split('.') ?? [];
  return PlaceSchema.parse(
    await database().$queryRaw`
      SELECT d.id::text AS id, m.seq, d.position FROM delivery d JOIN message m ON m.id = d.message_id
      WHERE (${channel ?? null}::text IS NULL OR d.channel = ${channel ?? null})
        AND (${level ?? null}::text IS NULL OR m.level = ${level ?? null})
        AND (${rollout ?? null}::text IS NULL OR m.rollout_id = ${rollout ?? null})
        AND (${incident ?? null}::uuid IS NULL OR m.incident_id = ${incident ?? null}::uuid)
        AND (${state ?? null}::text IS NULL OR ${state ?? null} = CASE
          WHEN d.state = 'failed' AND EXISTS (SELECT 1 FROM delivery f
            WHERE f.message_id = d.message_id AND f.fallback_of = d.id) THEN 'fallen_back'
          ELSE d.state END)
        AND (${seq ?? null}::bigint IS NULL OR m.seq < ${seq ?? null}::bigint
          OR (m.seq = ${seq ?? null}::bigint AND d.position > ${position ?? null}::int))
      ORDER BY m.seq DESC, d.position LIMIT ${limit + 1}`,
  );
}

/** What the list can be narrowed down to: the newest incidents, and the one that was asked for. */
async function readIncidents(asked: string | undefined) {
  const select = { id: true, number: true } as const;
  const newest = await database().incident.findMany({
    orderBy: { number: 'desc' },
    take: MOST_INCIDENTS,
    select,
  });
  const older =
    asked === undefined || newest.some(({ id }) => id === asked)
      ? null
      : await database().incident.findUnique({ where: { id: asked }, select });
  return [...newest, ...(older ? [older] : [])].map(({ id, number }) => ({ id, key: incidentKey(number) }));
}

async function readRows(ids: readonly string[], policy: Policy) {
  const found = await database().delivery.findMany({
    where: { id: { in: [...ids] } },
    include: {
      attempts: { orderBy: { number: 'asc' } },
      message: { include: { deliveries: { select: { id: true, channel: true, fallbackOf: true } } } },
    },
  });
  const [incidents, stops] = await Promise.all([
    database().incident.findMany({
      where: { id: { in: found.flatMap(({ message }) => message.incidentId ?? []) } },
      select: { id: true, number: true, state: true },
    }),
    database().stopOrder.findMany({
      where: { id: { in: found.flatMap(({ message }) => stopOf(message) ?? []) } },
      select: { id: true, endedAt: true },
    }),
  ]);
  return ids.flatMap((id) => {
    const delivery = found.find((each) => each.id === id);
    if (!delivery) return [];
    const { message } = delivery;
    const about = {
      incident: incidents.find((each) => each.id === message.incidentId) ?? null,
      stop: stops.find((each) => each.id === stopOf(message)) ?? null,
    };
    return [deliveryRowOf(delivery, about, policy)];
  });
}

const AboutStopSchema = z.looseObject({ stopId: z.uuid() });
const stopOf = ({ values }: { values: unknown }): string | undefined =>
  AboutStopSchema.safeParse(values).data?.stopId;

async function readChannelFacts(policy: Policy, now: Date): Promise<ChannelFacts> {
  const { slack, slackWebhooks, issues, pagerDuty } = env().channels;
  const [circuits, counts] = await Promise.all([
    database().channelCircuit.findMany(),
    database().$queryRaw`
      SELECT c.channel,
        (SELECT count(*)::int FROM delivery d
          WHERE d.channel = c.channel AND d.state IN ('due', 'sending')) AS "waitingCount",
        (SELECT d.ended_at FROM delivery d WHERE d.channel = c.channel AND d.state = 'delivered'
          ORDER BY d.ended_at DESC NULLS LAST LIMIT 1) AS "lastDeliveredAt"
      FROM unnest(${Object.keys(policy.channels)}::text[]) AS c(channel)`,
  ]);
  return {
    slack: slack !== undefined,
    slackWebhooks: new Set(slackWebhooks.keys()),
    issues: issues !== undefined,
    pagerDutyServices: new Set(pagerDuty.routingKeys.keys()),
    circuits,
    counts: CountSchema.parse(counts),
    now,
  };
}
