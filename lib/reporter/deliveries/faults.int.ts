import { randomUUID } from 'node:crypto';
import { WebClient } from '@slack/web-api';
import type { Emulator } from 'emulate';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase, inTransaction } from '#lib/database/server.ts';
import { enqueueMessage } from '#lib/outbox/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { emptyTables, testDatabase } from '#scripts/test/database.ts';
import {
  emulatedGitHub,
  emulatedPagerDuty,
  emulatedSlack,
  receivedBy,
  speakTo,
} from '#scripts/test/services.ts';
import { type Fault, faultProxy } from '../fault-proxy.fixture.ts';
import { deliverDue } from './deliver.run.ts';

const start = new Date('2026-11-21T00:00:00Z');
const POST = { slack: /chat\.postMessage/, pagerduty: /enqueue/, github: /^POST .*\/issues$/ } as const;
const LOOK = { slack: /conversations\.(history|replies)/, github: /^GET .*\/issues/ } as const;
type Service = keyof typeof POST;

let services: Record<Service, Emulator>;
let proxies: Record<Service, Awaited<ReturnType<typeof faultProxy>>>;
let reader: WebClient;
let channel = '';

beforeAll(async () => {
  services = {
    slack: await emulatedSlack('incident-autosave'),
    github: await emulatedGitHub(),
    pagerduty: await emulatedPagerDuty(),
  };
  proxies = {
    slack: await faultProxy(services.slack.url),
    github: await faultProxy(services.github.url),
    pagerduty: await faultProxy(services.pagerduty.url),
  };
  await testDatabase();
  speakTo(proxies);
  reader = new WebClient('xoxb-test', { slackApiUrl: `${services.slack.url}/api/` });
  channel =
    (await reader.conversations.list({})).channels?.find(({ name }) => name === 'incident-autosave')?.id ??
    '';
});
afterAll(async () => {
  await Promise.all([...Object.values(proxies), ...Object.values(services)].map((each) => each.close()));
  await disconnectDatabase();
});
beforeEach(async () => {
  for (const proxy of Object.values(proxies)) proxy.calm();
  await emptyTables('message', 'delivery', 'delivery_attempt', 'channel_circuit', 'incident');
});

async function alert() {
  const incident = await database().incident.create({
    data: { rolloutId: 'autosave', phase: 'B', cause: 'slo_violation', severity: 'major', openedAt: start },
  });
  const { policy } = await loadPolicy();
  await inTransaction((tx) =>
    enqueueMessage(tx, policy, {
      dedupKey: randomUUID(),
      cause: { kind: 'autosave-incident', incidentId: incident.id, requestId: null },
      rolloutId: 'autosave',
      phase: 'B',
      incidentId: incident.id,
      at: start,
    }),
  );
  return incident;
}

/** A worker that comes every ten seconds for up to half an hour, until nothing waits. Returns the seconds it took. */
async function deliveredBy(workers = 1): Promise<number> {
  for (let seconds = 0; seconds <= 1800; seconds += 10) {
    const clock = () => new Date(start.getTime() + seconds * 1000);
    await Promise.all(Array.from({ length: workers }, () => deliverDue(clock)));
    if ((await database().delivery.count({ where: { state: { in: ['due', 'sending'] } } })) === 0)
      return seconds;
  }
  return Number.POSITIVE_INFINITY;
}

const key = (number: number) => `Incident-${String(number).padStart(3, '0')}`;
/** What each service holds of an incident: messages, calls under different keys, issues. */
async function effects({ id, number }: { id: string; number: number }) {
  const history = (await reader.conversations.history({ channel, limit: 200 })).messages ?? [];
  const keys = (await receivedBy(services.pagerduty)).map(({ body }) => String(body.dedup_key));
  const issues = (await (
    await fetch(`${services.github.url}/repos/octo/ops/issues?state=all&per_page=100`, {
      headers: { authorization: 'token ghp_test' },
    })
  ).json()) as { body: string }[];
  return {
    slack: history.filter(({ text }) => text?.includes(key(number))).length,
    pagerduty: new Set(keys.filter((each) => each === `phasegate:${key(number)}`)).size,
    github: issues.filter(({ body }) => body.includes(id)).length,
  };
}
const ONCE = { slack: 1, pagerduty: 1, github: 1 };
const states = async () =>
  (await database().delivery.findMany({ orderBy: { position: 'asc' } })).map(
    ({ channel: name, state, attempt }) => `${name} ${state} ${attempt}`,
  );

const SINGLE: Fault[] = [
  'rate_limit_before',
  'error_before',
  'error_after',
  'reset_before',
  'reset_after',
  'malformed_after',
];

describe('a message whose delivery goes wrong', () => {
  it.each(SINGLE)('by %s at every service arrives once at each [REP-3]', async (fault) => {
    const incident = await alert();
    for (const service of ['slack', 'pagerduty', 'github'] as const)
      proxies[service].next(POST[service], fault);
    expect(await deliveredBy()).toBeLessThan(1800);
    expect(await effects(incident)).toEqual(ONCE);
    expect(await database().delivery.groupBy({ by: ['state'], _count: true })).toEqual([
      { state: 'delivered', _count: 3 },
    ]);
  });

  it('waits as long as Retry-After says, and no channel behind it goes first [REP-3]', async () => {
    const incident = await alert();
    proxies.slack.next(POST.slack, 'rate_limit_before');
    await deliverDue(() => start);
    expect(await effects(incident)).toEqual({ slack: 0, pagerduty: 0, github: 0 });
    const [first] = await database().delivery.findMany({ orderBy: { position: 'asc' } });
    expect(first?.nextAt?.getTime()).toBeGreaterThanOrEqual(start.getTime() + 7_000);
    await deliverDue(() => new Date(start.getTime() + 6_000));
    expect(await effects(incident)).toEqual({ slack: 0, pagerduty: 0, github: 0 });
    await deliveredBy();
    expect(await effects(incident)).toEqual(ONCE);
  });

  it.each<[Fault[], Fault[]]>([
    [['reset_after'], ['error_before', 'reset_before']],
    [['error_after', 'reset_after'], ['malformed_after']],
    [['reset_before', 'reset_after'], ['rate_limit_before']],
  ])('by %j, and %j at the look for it, is not sent blindly [REP-3]', async (sending, looking) => {
    const incident = await alert();
    for (const service of ['slack', 'github'] as const) {
      proxies[service].next(POST[service], ...sending);
      proxies[service].next(LOOK[service], ...looking);
    }
    await deliveredBy();
    const seen = await effects(incident);
    for (const service of ['slack', 'pagerduty', 'github'] as const)
      expect(seen[service], service).toBeLessThanOrEqual(1);
    expect(seen.slack + seen.github, (await states()).join()).toBeGreaterThan(0);
  });

  it('by a service that takes it and never answers arrives once [REP-3]', async () => {
    const incident = await alert();
    proxies.slack.next(POST.slack, 'hang_after');
    await deliveredBy();
    expect(await effects(incident)).toEqual(ONCE);
  });

  it('arrives once with several workers at it, faults and all [REP-3]', async () => {
    const incident = await alert();
    proxies.slack.next(POST.slack, 'reset_after');
    proxies.github.next(POST.github, 'error_after');
    await deliveredBy(4);
    expect(await effects(incident)).toEqual(ONCE);
  });

  it('is not sent by a sender that was taken for dead while it looked [REP-3]', async () => {
    const incident = await alert();
    proxies.github.next(LOOK.github, 'held_after');
    const slow = deliverDue(() => start);
    await expect.poll(() => proxies.github.passed.some(({ fault }) => fault === 'held_after')).toBe(true);
    await deliverDue(() => new Date(start.getTime() + 61_000));
    expect(await effects(incident)).toEqual(ONCE);
    proxies.github.release();
    await slow;
    expect(await effects(incident)).toEqual(ONCE);
  });

  it('stays with Slack when the database fails after Slack took it [REP-3]', async () => {
    const incident = await alert();
    await database().$executeRaw`ALTER TABLE incident ADD CONSTRAINT broken CHECK (slack_ts IS NULL)`;
    await deliverDue(() => start);
    await database().$executeRaw`ALTER TABLE incident DROP CONSTRAINT broken`;
    await deliveredBy();
    expect(await effects(incident)).toEqual(ONCE);
    expect(await states()).toEqual([
      'incident-autosave delivered 2',
      'pagerduty-autosave delivered 1',
      'issue delivered 1',
    ]);
    const { slackTs } = await database().incident.findUniqueOrThrow({ where: { id: incident.id } });
    expect(slackTs).not.toBeNull();
  });

  it('is told by the others when Slack is down for good, and nothing twice [REP-3]', async () => {
    const incident = await alert();
    proxies.slack.next(POST.slack, ...Array.from({ length: 40 }, () => 'error_before' as const));
    expect(await deliveredBy()).toBeLessThan(1800);
    expect(await effects(incident)).toEqual({ ...ONCE, slack: 0 });
    expect((await states())[0]).toMatch(/^incident-autosave failed /);
  });
});
