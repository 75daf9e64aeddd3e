import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import {
  database,
  disconnectDatabase,
  inTransaction,
  publishLive,
  subscribeLive,
} from '#lib/database/server.ts';
import { type Actor, SYSTEM_ACTOR, type UpdateUser } from '#lib/identity/index.ts';
import { updateUser } from '#lib/identity/server.ts';
import { commentOnStep, nameOwner, openIncident } from '#lib/incidents/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import {
  answerChecklist,
  currentDecision,
  decideAll,
  giveApproval,
  openReview,
  orderStop,
  promote,
  releaseStop,
  rollBack,
  signPanel,
  signReview,
  withdrawApproval,
  withdrawSignOff,
} from '#lib/rollouts/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { eventually } from '#scripts/test/eventually.ts';
import { readyInA } from '#scripts/test/ready-rollout.ts';
import { inngest } from './client.ts';
import { followChanges } from './follow-changes.ts';

type Sent = { name: string; data: { rollouts?: string[] } };
const send = vi.spyOn(inngest, 'send');
const asked = () => send.mock.calls.flatMap(([events]) => events as unknown as Sent[]);
const askedFor = (rolloutId: string) =>
  asked().some(
    ({ name, data }) =>
      name === 'phasegate/decision.requested' && (data.rollouts?.includes(rolloutId) ?? true),
  );
const askedTo = (name: string) => asked().some((event) => event.name === `phasegate/${name}.requested`);

const people = new Map<string, Actor>();
let stopFollowing: () => void;
const heard: string[] = [];

beforeAll(async () => {
  await testDatabase();
  vi.stubEnv('INNGEST_EVENT_KEY', 'test');
  forgetEnv();
  for (const role of ['reviewer', 'sre', 'dev_lead', 'data_qa', 'on_call']) {
    const { id } = await database().user.create({
      data: {
        email: `${role}@example.org`,
        name: role,
        roles: { create: [{ role, grantedBy: 'test' }] },
      },
    });
    people.set(role, { kind: 'user', id, name: role, roles: [role], scopes: [] });
  }
  await readyInA(new Date());
  await new Promise<void>((resolve) => {
    subscribeLive((signal) => {
      if (signal.kind === 'resync') resolve();
      else heard.push(signal.json);
    });
  });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  forgetEnv();
  await disconnectDatabase();
});
beforeEach(() => {
  send.mockReset().mockResolvedValue({ ids: [] });
  stopFollowing = followChanges();
});
afterEach(async () => {
  stopFollowing();
  // Whatever was told of until now is not heard by the next follower.
  const end = randomUUID();
  await publish(end);
  await seen(() => expect(heard.some((json) => json.includes(end))).toBe(true));
});

const seen = (what: () => void) => eventually(what);
const publish = (rolloutId: string) =>
  inTransaction((tx) => publishLive(tx, { topic: 'rollout', rolloutId }));
const as = (role: string): Actor => {
  const person = people.get(role);
  if (!person) throw new RangeError(role);
  return person;
};
const by = (role: string) => ({ actor: as(role), trigger: 'button' as const, now: new Date() });
async function shown() {
  const decision = await currentDecision('autosave', new Date());
  if (!decision) throw new RangeError('autosave was not started');
  const { rolloutVersion, policyHash, evidenceHash } = decision;
  return { rolloutVersion, policyHash, evidenceHash };
}
async function sign(): Promise<string> {
  const { rolloutVersion, policyHash } = await shown();
  const { id } = await database().verdict.findFirstOrThrow({ orderBy: { windowStart: 'desc' } });
  const signed = await signPanel({
    ...by('reviewer'),
    rolloutId: 'autosave',
    panel: 'autosave',
    comment: '',
    rolloutVersion,
    policyHash,
    verdictId: id,
    dryRun: false,
  });
  return 'signOff' in signed ? signed.signOff.id : '';
}
async function vote(role: string, choice: 'approve' | 'reject'): Promise<string> {
  const given = await giveApproval({
    ...by(role),
    rolloutId: 'autosave',
    choice,
    comment: 'because',
    ...(await shown()),
    dryRun: false,
  });
  return 'approval' in given ? given.approval.id : '';
}
const stop = (kind: 'kill' | 'freeze', scope: string) =>
  orderStop({
    ...by('on_call'),
    kind,
    scope,
    reason: 'something is wrong',
    ...(kind === 'kill' ? { confirm: 'STOP' } : {}),
    dryRun: false,
  } as Parameters<typeof orderStop>[0]);
const inForce = async () => {
  const { id } = await database().stopOrder.findFirstOrThrow({ where: { endedAt: null } });
  return id;
};
const release = async (role: string) =>
  releaseStop({ ...by(role), stopId: await inForce(), reason: 'the cause is known' });
const aReview = () =>
  inTransaction((tx) =>
    openReview(tx, {
      rolloutId: 'autosave',
      kind: 'rollback',
      subject: 'phase_change:test',
      reason: 'saves were lost',
      openedBy: { id: as('sre').id, name: 'sre' },
      needed: 1,
      at: new Date(),
    }),
  );
const anIncident = () =>
  inTransaction((tx) =>
    openIncident(tx, {
      rolloutId: 'autosave',
      phase: 'A',
      cause: 'slo_violation',
      severity: 'minor',
      details: {},
      actor: SYSTEM_ACTOR,
      at: new Date(),
    }),
  );
const incidentId = async () => (await database().incident.findFirstOrThrow()).id;

// One after the other: each stands on what those before it have left.
it.each<[string, () => Promise<unknown>]>([
  ['a signature', sign],
  [
    'a signature taken back',
    async () =>
      withdrawSignOff({
        ...by('reviewer'),
        rolloutId: 'autosave',
        signOffId: (await database().panelSignOff.findFirstOrThrow({ where: { endedAt: null } })).id,
      }),
  ],
  ['a no', () => vote('sre', 'reject')],
  [
    'a no taken back',
    async () =>
      withdrawApproval({
        ...by('sre'),
        rolloutId: 'autosave',
        approvalId: (await database().rolloutApproval.findFirstOrThrow({ where: { endedAt: null } })).id,
      }),
  ],
])('%s has the rollout decided at once [PHA-3, OPS-7]', async (_, act) => {
  await act();
  await seen(() => expect(askedFor('autosave')).toBe(true));
});

it('a promotion is decided upon at once, and has its proof looked after [PHA-3, ROL-4]', async () => {
  await sign();
  await vote('sre', 'approve');
  await vote('dev_lead', 'approve');
  const { rolloutVersion, evidenceHash } = await shown();
  await seen(() => expect(askedFor('autosave')).toBe(true));
  send.mockClear();
  const { outcome } = await promote({
    ...by('sre'),
    rolloutId: 'autosave',
    fromPhase: 'A',
    expectedVersion: rolloutVersion,
    evidenceHash,
    reason: 'two good days',
  });
  expect(outcome).toBe('promoted');
  await seen(() => {
    expect(askedFor('autosave')).toBe(true);
    expect(askedTo('tend')).toBe(true);
  });
});

it('a rollback has its proof looked after and its messages delivered at once [ROL-4, REP-2]', async () => {
  await rollBack({ ...by('on_call'), rolloutId: 'autosave', fromPhase: 'B', reason: 'saves were lost' });
  await seen(() => {
    expect(askedFor('autosave')).toBe(true);
    expect(askedTo('tend')).toBe(true);
    expect(askedTo('delivery')).toBe(true);
  });
});

it.each<[string, () => Promise<unknown>]>([
  ['a freeze', () => stop('freeze', 'autosave')],
  ['the end of a freeze', () => release('sre')],
  ['a kill switch', () => stop('kill', 'autosave')],
  ['the first of two people who re-arm', () => release('sre')],
  ['the second of them', () => release('dev_lead')],
  ['a kill switch for everything', () => stop('kill', '*')],
  ['re-arming everything', async () => [await release('sre'), await release('dev_lead')]],
  ['a review', aReview],
  [
    'a signature under a review',
    async () =>
      signReview({
        ...by('dev_lead'),
        reviewId: (await database().review.findFirstOrThrow({ where: { subject: 'phase_change:test' } })).id,
        comment: 'it was right',
        dryRun: false,
      }),
  ],
])('%s has the rollout decided at once [PHA-3, OPS-7]', async (_, act) => {
  await act();
  await seen(() => expect(askedFor('autosave')).toBe(true));
});

it.each<[string, UpdateUser]>([
  ['a role taken away', { roles: [] }],
  ['a role given', { roles: ['data_qa'] }],
  ['a person disabled', { disabled: true }],
  ['a person enabled', { disabled: false }],
])('%s has every rollout decided at once [PHA-3]', async (_, change) => {
  const { policy } = await loadPolicy();
  await updateUser(as('data_qa').id, change, as('sre'), policy, new Date());
  await seen(() => {
    expect(askedFor('autosave')).toBe(true);
    expect(askedFor('autosave-merge')).toBe(true);
  });
});

it('an answer of a checklist has its rollout decided at once, and no other [PHA-7]', async () => {
  await answerChecklist({
    ...by('data_qa'),
    rolloutId: 'autosave-merge',
    list: 'readiness',
    item: 'tests-in-ci',
    answer: 'yes',
    comment: '',
    rolloutVersion: 1,
    dryRun: false,
  });
  await seen(() => expect(askedFor('autosave-merge')).toBe(true));
  expect(askedFor('autosave')).toBe(false);
});

it.each<[string, () => Promise<unknown>]>([
  ['opened', anIncident],
  [
    'given an owner',
    async () => nameOwner({ ...by('sre'), incidentId: await incidentId(), ownerId: as('sre').id }),
  ],
  [
    'commented on',
    async () => commentOnStep({ ...by('sre'), incidentId: await incidentId(), step: 'rca', comment: 'seen' }),
  ],
])('an incident that is %s is taken further at once [INC-1]', async (_, act) => {
  await act();
  await seen(() => expect(askedTo('incidents')).toBe(true));
});

it('asks nothing of what was rolled back', async () => {
  const failing = inTransaction(async (tx) => {
    await publishLive(tx, { topic: 'rollout', rolloutId: 'never committed' });
    throw new Error('refused');
  });
  await expect(failing).rejects.toThrow('refused');
  await publish('committed');
  await seen(() => expect(askedFor('committed')).toBe(true));
  expect(asked().some(({ data }) => data.rollouts?.includes('never committed'))).toBe(false);
});

it('lets a person act while the engine is down, and asks again for what that changed [OPS-7]', async () => {
  let down = true;
  send.mockImplementation(async () => {
    if (down) throw new Error('not there');
    return { ids: [] };
  });
  const { outcome } = await stop('freeze', 'autosave');
  expect(outcome).toBe('ordered');
  await seen(() => expect(send).toHaveBeenCalled());
  down = false;
  send.mockClear();
  await seen(() => expect(askedFor('autosave')).toBe(true));
});

it('comes to rest: what it has asked for changes nothing more and is not heard again [PHA-3]', async () => {
  await decideAll('tick', new Date());
  await publish('quiet from here');
  await seen(() => expect(askedFor('quiet from here')).toBe(true));
  send.mockClear();
  await decideAll('tick', new Date());
  await publish('the next change');
  await seen(() => expect(askedFor('the next change')).toBe(true));
  expect(askedFor('autosave') || askedFor('autosave-merge')).toBe(false);
});

it('does nothing where there is no engine', async () => {
  vi.stubEnv('INNGEST_EVENT_KEY', '');
  forgetEnv();
  const subscribe = vi.fn<typeof subscribeLive>();
  followChanges(subscribe)();
  expect(subscribe).not.toHaveBeenCalled();
  vi.stubEnv('INNGEST_EVENT_KEY', 'test');
  forgetEnv();
});
