import type { NewTimelineEntry } from './timeline.schema.ts';

/** A delivery of a message of an incident; only one that has ended is told of. */
export type EndedDelivery = {
  id: string;
  channel: string;
  sink: string;
  state: string;
  endedAt: Date | null;
  lastError: string | null;
  /** How many attempts there were before a person had it sent again. */
  askedAfter: number;
  message: { kind: string };
};

/** The rows that an incident's timeline is made of. */
export type TimelineSources = {
  incident: { id: string; openedAt: Date; phase: string; cause: string; severity: string };
  /** Oldest first, from the one before the incident on. */
  verdicts: readonly {
    id: string;
    phase: string;
    verdict: string;
    sloMet: boolean | null;
    windowStart: Date;
    revision: number;
    createdAt: Date;
  }[];
  deliveries: readonly EndedDelivery[];
  requests: readonly {
    id: string;
    phase: string;
    toPhase: string | null;
    mode: string;
    cause: string;
    state: string;
    openedAt: Date;
    dueAt: Date | null;
    decidedAt: Date | null;
    decidedByName: string | null;
    decidedReason: string | null;
  }[];
  changes: readonly {
    id: string;
    kind: string;
    fromPhase: string | null;
    toPhase: string;
    trigger: string;
    reason: string;
    actorName: string;
    proof: string;
    provenAt: Date | null;
    createdAt: Date;
  }[];
  stops: readonly {
    id: string;
    kind: string;
    scope: string;
    reason: string;
    personName: string;
    orderedAt: Date;
  }[];
  reports: readonly { path: string; kind: string; createdAt: Date }[];
};

const SYSTEM = 'Phasegate';

/** What happened in an incident, each with a key of its own (INC-1, INC-2). What has not ended yet comes later. Pure. */
export function timelineOf(sources: TimelineSources): NewTimelineEntry[] {
  const { incident } = sources;
  const entry = (
    key: string,
    at: Date,
    kind: NewTimelineEntry['kind'],
    details: NewTimelineEntry['details'],
    actorName = SYSTEM,
  ): NewTimelineEntry => ({ dedupKey: `${incident.id}:${key}`, at, kind, actorName, details });
  const { phase, cause, severity } = incident;
  return [
    entry('opened', incident.openedAt, 'opened', { phase, cause, severity }),
    ...verdictChanges(sources.verdicts).map((verdict) =>
      entry(`verdict:${verdict.id}`, verdict.createdAt, 'verdict', {
        verdict: verdict.verdict,
        phase: verdict.phase,
        slo_met: verdict.sloMet,
        window: verdict.windowStart.toISOString(),
        revision: verdict.revision,
      }),
    ),
    ...sources.deliveries.flatMap((delivery) => deliveryEntry(incident.id, delivery)),
    ...sources.requests.flatMap((request) => [
      entry(`request:${request.id}`, request.openedAt, 'request', {
        phase: request.phase,
        to: request.toPhase,
        mode: request.mode,
        cause: request.cause,
        due: request.dueAt?.toISOString() ?? null,
      }),
      ...(request.decidedAt
        ? [
            entry(
              `request:${request.id}:${request.state}`,
              request.decidedAt,
              'decision',
              { decision: request.state, reason: request.decidedReason },
              request.decidedByName ?? SYSTEM,
            ),
          ]
        : []),
    ]),
    ...sources.changes.flatMap((change) => [
      entry(
        `change:${change.id}`,
        change.createdAt,
        'change',
        {
          kind: change.kind,
          from: change.fromPhase,
          to: change.toPhase,
          trigger: change.trigger,
          reason: change.reason,
        },
        change.actorName,
      ),
      ...(change.provenAt
        ? [entry(`proof:${change.id}`, change.provenAt, 'proof', { to: change.toPhase })]
        : []),
    ]),
    ...sources.stops.map(({ id, kind, scope, reason, personName, orderedAt }) =>
      entry(`stop:${id}`, orderedAt, 'stop', { kind, scope, reason }, personName),
    ),
    ...sources.reports.map(({ path, kind, createdAt }) =>
      entry(`report:${path}`, createdAt, 'report', { path, kind }),
    ),
  ];
}

/** How a delivery has ended; sent again and ended once more, it is told of once more. Pure. */
export function deliveryEntry(incidentId: string, delivery: EndedDelivery): NewTimelineEntry[] {
  const { id, channel, sink, state, endedAt, lastError, askedAfter, message } = delivery;
  if (endedAt === null || (state !== 'delivered' && state !== 'failed')) return [];
  const again = askedAfter > 0;
  return [
    {
      dedupKey: `${incidentId}:delivery:${id}:${state}${again ? `:${askedAfter}` : ''}`,
      at: endedAt,
      kind: 'message',
      actorName: SYSTEM,
      details: {
        message: message.kind,
        channel,
        sink,
        state,
        ...(again ? { again } : {}),
        ...(state === 'failed' ? { error: lastError } : {}),
      },
    },
  ];
}

/** Verdicts that say something else than the one before. */
function verdictChanges<V extends TimelineSources['verdicts'][number]>(verdicts: readonly V[]): V[] {
  return verdicts.filter((verdict, index) => {
    const before = verdicts[index - 1];
    return before === undefined || before.verdict !== verdict.verdict || before.phase !== verdict.phase;
  });
}
