import { z } from 'zod';
import { env } from '#lib/config/server.ts';
import { type LiveSignal, subscribeLive } from '#lib/database/server.ts';
import { isIncidentOpen } from '#lib/incidents/server.ts';
import { isDeliveryDue } from '#lib/reporter/server.ts';
import { isTendingDue } from '#lib/rollouts/server.ts';
import { askTogether } from './ask-together.ts';
import { inngest } from './client.ts';
import { decisionRequested, deliveryRequested, incidentsRequested, tendRequested } from './events.ts';

const REQUESTED_BY = { requestedBy: 'what has just changed' };

const NoticeSchema = z.object({ topic: z.string(), rolloutId: z.string().optional() });

/** Ids of the rollouts that changed; `*` where one change touched all of them. */
type Changed = ReadonlySet<string>;
type Events = Extract<Parameters<typeof inngest.send>[0], unknown[]>;

/** What follows from a change, by the topics that tell of it. */
const FOLLOWS: readonly {
  topics: readonly string[];
  ask: (changed: Changed) => Promise<Events>;
}[] = [
  { topics: ['rollout', 'stop', 'incident', 'people'], ask: lookAgain },
  { topics: ['delivery'], ask: deliver },
];

/** Decides what changed, and has steps and incidents taken further where any waits for that (PHA-3, ROL-3, INC-1). */
async function lookAgain(changed: Changed): Promise<Events> {
  const only = changed.has('*') ? {} : { rollouts: [...changed].toSorted() };
  return [
    decisionRequested.create({ ...REQUESTED_BY, ...only }),
    ...((await isTendingDue()) ? [tendRequested.create(REQUESTED_BY)] : []),
    ...((await isIncidentOpen()) ? [incidentsRequested.create(REQUESTED_BY)] : []),
  ];
}

/** Has what was just written into the outbox delivered (REP-2). */
async function deliver(): Promise<Events> {
  return (await isDeliveryDue(new Date())) ? [deliveryRequested.create(REQUESTED_BY)] : [];
}

/**
 * Has every change of a rollout, a stop, an incident or the outbox followed at once instead of at the next minute, whoever
 * made it and by whichever way: page, API, command line, Slack, or a function. It hears what open pages hear (DASH-7),
 * which is sent with the commit: nothing is asked of what was rolled back, and nobody who acts waits for the engine or hears
 * of its failure. Deciding again changes nothing and so is not heard again. Every process of the app asks; all but the first
 * find nothing left to do. What is lost with a process or a connection, the minute's look finds. Returns how to stop.
 */
export function followChanges(subscribe: typeof subscribeLive = subscribeLive): () => void {
  if (env().inngest.eventKey === undefined) return () => {};
  const stops = FOLLOWS.map(({ topics, ask }) => {
    const follow = askTogether(async (changed) => {
      const events = await ask(changed);
      if (events.length > 0) await inngest.send(events);
    });
    return subscribe((signal) => {
      const notice = noticeOf(signal);
      if (notice && topics.includes(notice.topic)) follow(notice.rolloutId ?? '*');
    });
  });
  return () => {
    for (const stop of stops) stop();
  };
}

function noticeOf(signal: LiveSignal): z.infer<typeof NoticeSchema> | undefined {
  return signal.kind === 'notice' ? NoticeSchema.safeParse(JSON.parse(signal.json)).data : undefined;
}
