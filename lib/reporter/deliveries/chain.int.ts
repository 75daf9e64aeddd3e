import { type ChildProcess, spawn } from 'node:child_process';
import { WebClient } from '@slack/web-api';
import type { Emulator } from 'emulate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyzeWindow } from '#lib/analyzer/server.ts';
import { database, disconnectDatabase, inTransaction } from '#lib/database/server.ts';
import { SYSTEM_ACTOR } from '#lib/identity/index.ts';
import { openIncident } from '#lib/incidents/server.ts';
import { enqueueMessage } from '#lib/outbox/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { decideRollout, rollBack } from '#lib/rollouts/server.ts';
import { eventually } from '#scripts/test/eventually.ts';
import { insertSeries } from '#scripts/test/insert-series.ts';
import { climbedTo, counted, from, MERGED, times } from '#scripts/test/mission.ts';
import {
  emulatedGitHub,
  emulatedPagerDuty,
  emulatedSlack,
  receivedBy,
  type Service,
  speakTo,
} from '#scripts/test/services.ts';
import { faultProxy } from '../fault-proxy.fixture.ts';
import { deliverDue } from './deliver.run.ts';

// One violation in B-0 from its verdict to its reopening, over real HTTP to every service, with senders that are killed.
const WINDOW_MS = 900_000;
const start = new Date(Math.floor(Date.now() / WINDOW_MS) * WINDOW_MS - WINDOW_MS);
const began = Date.now();

let services: Record<Service, Emulator>;
let proxies: Record<Service, Awaited<ReturnType<typeof faultProxy>>>;
let reader: WebClient;
let channel = '';
const children: ChildProcess[] = [];

beforeAll(async () => {
  services = {
    slack: await emulatedSlack('merge-ops'),
    github: await emulatedGitHub(),
    pagerduty: await emulatedPagerDuty(),
  };
  proxies = {
    slack: await faultProxy(services.slack.url),
    github: await faultProxy(services.github.url),
    pagerduty: await faultProxy(services.pagerduty.url),
  };
  await climbedTo('B-0', new Date(start.getTime() - 3_600_000));
  speakTo(proxies);
  reader = new WebClient('xoxb-test', { slackApiUrl: `${services.slack.url}/api/` });
  channel =
    (await reader.conversations.list({})).channels?.find(({ name }) => name === 'merge-ops')?.id ?? '';
  const merges = [...times(50, MERGED), ...times(50, { ...MERGED, auto_accepted: false })];
  await insertSeries((await counted(from(start.toISOString(), merges), new Date())).series);
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all([...Object.values(proxies), ...Object.values(services)].map((each) => each.close()));
  await disconnectDatabase();
});

/** Minutes later the lease of a sender that was killed has run out. */
const minutesOn = (minutes: number) => new Date(began + minutes * 60_000);

/** A process that delivers, as the worker does, at that time of its clock. */
function sender(at: Date): ChildProcess {
  const script = `const { deliverDue } = await import(${JSON.stringify(new URL('./deliver.run.ts', import.meta.url).href)});
    await deliverDue(() => new Date(${at.getTime()}));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
    stdio: 'ignore',
  });
  children.push(child);
  return child;
}

/** Lets a sender reach a service, which takes what it sends and does not answer; then kills it. */
async function killedAfter(service: Service, path: RegExp, at: Date): Promise<void> {
  const proxy = proxies[service];
  const before = proxy.passed.length;
  proxy.next(path, 'hang_after');
  const child = sender(at);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await eventually(() =>
    expect(proxy.passed.slice(before).some(({ fault }) => fault === 'hang_after')).toBe(true),
  );
  // What it has sent has arrived before it dies.
  await eventually(async () => expect(await arrived(service)).toBeGreaterThan(0));
  child.kill('SIGKILL');
  await ended;
}

const messages = async () => (await reader.conversations.history({ channel, limit: 200 })).messages ?? [];
const thread = async () => {
  const { slackTs } = await database().incident.findFirstOrThrow();
  return (await reader.conversations.replies({ channel, ts: slackTs ?? '' })).messages ?? [];
};
const called = async () => (await receivedBy(services.pagerduty)).map(({ body }) => body);
const fromGitHub = async <T>(path: string): Promise<T> =>
  (await (
    await fetch(`${services.github.url}/repos/octo/ops/issues${path}`, {
      headers: { authorization: 'token ghp_test' },
    })
  ).json()) as T;
const issues = () => fromGitHub<{ number: number; state: string; comments: number }[]>('?state=all');
const comments = async () => {
  const [issue] = await issues();
  return issue ? fromGitHub<{ body: string }[]>(`/${issue.number}/comments`) : [];
};
async function arrived(service: Service): Promise<number> {
  if (service === 'slack') return (await messages()).length;
  return service === 'pagerduty' ? (await called()).length : (await issues()).length;
}

describe('a violation, from its verdict to everybody who must know', () => {
  it('is told once to each by senders that are killed after every step [REP-3] [REP-1] [ROL-3]', async () => {
    await analyzeWindow(start);
    await decideRollout('autosave-merge', 'cycle', new Date(began));
    await killedAfter('slack', /chat\.postMessage/, minutesOn(1));
    await killedAfter('pagerduty', /enqueue/, minutesOn(3));
    await killedAfter('github', /^POST .*\/issues$/, minutesOn(5));
    await deliverDue(() => minutesOn(7));

    const [post, ...more] = await messages();
    expect(more).toEqual([]);
    expect(post?.text).toContain('npm run flags:rollback -- --rollout autosave-merge --phase A-2');
    expect(new Set((await called()).map(({ dedup_key: key }) => key))).toEqual(
      new Set(['phasegate:Incident-001']),
    );
    expect(await issues()).toMatchObject([{ state: 'open', comments: 0 }]);
    expect(await database().incident.findFirstOrThrow()).toMatchObject({
      slackTs: post?.ts,
      pagerdutyState: 'triggered',
      issueNumber: (await issues())[0]?.number,
    });
    const deliveries = await database().delivery.findMany({ orderBy: { position: 'asc' } });
    expect(deliveries.map(({ channel: name, state }) => `${name} ${state}`)).toEqual([
      'merge-ops delivered',
      'pagerduty-merge delivered',
      'issue delivered',
    ]);
  });

  it('is rolled back in its thread, however often Slack says 429, in the order of what happened [REP-3] [REP-7]', async () => {
    proxies.slack.next(/chat\.postMessage/, 'rate_limit_before', 'rate_limit_before');
    await rollBack({
      rolloutId: 'autosave-merge',
      fromPhase: 'B-0',
      reason: 'merges fail',
      trigger: 'cli',
      actor: { id: 'p', name: 'On-call' },
      now: minutesOn(8),
    });
    await deliverDue(() => minutesOn(8));
    expect(await thread()).toHaveLength(1); // it waits for as long as Slack asked, and what comes after waits for it
    for (const minute of [9, 10, 11, 12]) await deliverDue(() => minutesOn(minute));
    const said = (await thread()).map(({ text }) => text ?? '');
    expect(said).toHaveLength(3);
    expect(said[1]).toContain('B-0 → A-2');
    expect(said[2]).toContain('merges fail');
    expect(await comments()).toHaveLength(2);
    expect(await messages()).toHaveLength(1);
  });

  it('is closed with one comment, also when closing the issue fails after it [REP-3] [INC-1]', async () => {
    const { policy } = await loadPolicy();
    const incident = await database().incident.update({
      where: { id: (await database().incident.findFirstOrThrow()).id },
      data: { state: 'closed', closedAt: minutesOn(20), closedByName: 'On-call', closeReason: 'over' },
    });
    await inTransaction((tx) =>
      enqueueMessage(tx, policy, {
        dedupKey: 'closed',
        cause: { kind: 'incident-closed', incidentId: incident.id },
        rolloutId: 'autosave-merge',
        phase: 'B-0',
        incidentId: incident.id,
        severity: 'major',
        at: minutesOn(20),
      }),
    );
    proxies.github.next(/^PATCH /, 'error_before', 'rate_limit_before', 'reset_after');
    for (const minute of [20, 21, 22, 23, 25, 30, 40]) await deliverDue(() => minutesOn(minute));
    expect(await issues()).toMatchObject([{ state: 'closed', comments: 3 }]);
    expect((await comments()).filter(({ body }) => body.includes('クローズ'))).toHaveLength(1);
    expect((await called()).at(-1)).toMatchObject({
      event_action: 'resolve',
      dedup_key: 'phasegate:Incident-001',
    });
    expect(await database().incident.findFirstOrThrow()).toMatchObject({ pagerdutyState: 'resolved' });
  });

  it('comes again within a cycle as the same one: thread, issue and call go on [INC-1] [REP-3]', async () => {
    await inTransaction((tx) =>
      openIncident(tx, {
        rolloutId: 'autosave-merge',
        phase: 'B-0',
        cause: 'slo_violation',
        severity: 'major',
        details: {},
        actor: SYSTEM_ACTOR,
        at: minutesOn(30),
      }),
    );
    await deliverDue(() => minutesOn(41));
    expect(await issues()).toMatchObject([{ state: 'open', comments: 4 }]);
    expect((await thread()).at(-1)?.text).toContain('再発');
    expect(await messages()).toHaveLength(1);
    expect(await database().delivery.count({ where: { state: { not: 'delivered' } } })).toBe(0);
  });
});
