import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { database, disconnectDatabase, inTransaction } from '#lib/database/server.ts';
import type { RouteHandler } from '#lib/http/server.ts';
import { type Actor, cliActor } from '#lib/identity/index.ts';
import { createApiKey, createPersonalKey, createUser, handleAuth, updateUser } from '#lib/identity/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import {
  AnswerChecklistOutcomeSchema,
  GiveApprovalOutcomeSchema,
  PromotionOutcomeSchema,
  ReviewListSchema,
  SignOffOutcomeSchema,
  SignReviewOutcomeSchema,
  WithdrawApprovalOutcomeSchema,
  WithdrawSignOffOutcomeSchema,
} from '#lib/rollouts/index.ts';
import { currentDecision, openReview } from '#lib/rollouts/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { readyInA } from '#scripts/test/ready-rollout.ts';
import { POST as signReview } from '../reviews/[reviewId]/signatures/route.ts';
import { GET as getReviews } from '../reviews/route.ts';
import { DELETE as withdrawApproval } from './[rollout]/approvals/[approvalId]/route.ts';
import { POST as approve } from './[rollout]/approvals/route.ts';
import { POST as answer } from './[rollout]/checklist/route.ts';
import { POST as promote } from './[rollout]/promotion/route.ts';
import { DELETE as withdrawSignOff } from './[rollout]/sign-offs/[signOffId]/route.ts';
import { POST as signOff } from './[rollout]/sign-offs/route.ts';

const HOST = 'localhost:3917';
const ORIGIN = `http://${HOST}`;
const NOW = new Date();
const PASSWORD = 'correct horse battery';
const ROOT = cliActor('test');

const people = new Map<string, { id: string; cookie: Record<string, string>; key: Record<string, string> }>();
let programKey = '';

beforeAll(async () => {
  process.env.NEXTAUTH_SECRET = 'x'.repeat(32);
  process.env.PHASEGATE_URL = ORIGIN;
  await testDatabase();
  forgetEnv();
  const { policy } = await loadPolicy();
  for (const role of ['sre', 'dev_lead', 'reviewer', 'data_qa', 'viewer']) {
    const email = `${role}@example.org`;
    const { id } = await createUser(
      { email, name: role, roles: [role], password: PASSWORD },
      ROOT,
      policy,
      NOW,
    );
    const person: Actor = { kind: 'user', id, name: role, roles: [role], scopes: [] };
    const { key } = await createPersonalKey({ name: 'laptop' }, person, policy, NOW);
    people.set(role, { id, cookie: await signIn(email), key: { authorization: `Bearer ${key}` } });
  }
  programKey = (await createApiKey({ name: 'ci', scopes: ['read:verdicts'] }, ROOT, NOW)).key;
  await readyInA(NOW);
});
afterAll(disconnectDatabase);

async function signIn(email: string): Promise<Record<string, string>> {
  const start = await handleAuth(new Request(`${ORIGIN}/api/auth/csrf`, { headers: { host: HOST } }), [
    'csrf',
  ]);
  const { csrfToken } = (await start.json()) as { csrfToken: string };
  const cookie = start.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const response = await handleAuth(
    new Request(`${ORIGIN}/api/auth/callback/credentials`, {
      method: 'POST',
      headers: { host: HOST, origin: ORIGIN, cookie, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ csrfToken, email, password: PASSWORD, json: 'true' }),
    }),
    ['callback', 'credentials'],
  );
  const session = response.headers.getSetCookie().find((line) => line.startsWith('phasegate.session='));
  return { cookie: session?.split(';')[0] ?? '', origin: ORIGIN };
}

async function ask(
  handler: RouteHandler,
  headers: Record<string, string>,
  params: Record<string, string>,
  body?: unknown,
  method = 'POST',
) {
  const response = await handler(
    new Request(`${ORIGIN}/api/v1/thing`, {
      method,
      headers: { host: HOST, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
    { params: Promise.resolve(params) },
  );
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

const as = (role: string) => {
  const person = people.get(role);
  if (!person) throw new RangeError(role);
  return person;
};
const AUTOSAVE = { rollout: 'autosave' };
async function shown() {
  const decision = await currentDecision('autosave', new Date());
  if (!decision) throw new RangeError('autosave was not started');
  const { rolloutVersion, policyHash, evidenceHash } = decision;
  return { rolloutVersion, policyHash, evidenceHash };
}

it('lets nobody speak who is not a person with the permission, from our own pages or with their own key [PHA-3]', async () => {
  const body = { choice: 'approve', ...(await shown()) };
  const refused = await Promise.all([
    ask(approve, {}, AUTOSAVE, body),
    ask(approve, { authorization: `Bearer ${programKey}` }, AUTOSAVE, body),
    ask(approve, as('viewer').cookie, AUTOSAVE, body),
    ask(approve, as('viewer').key, AUTOSAVE, body),
    ask(approve, { ...as('sre').cookie, origin: 'https://evil.example' }, AUTOSAVE, body),
    ask(approve, { cookie: as('sre').cookie.cookie ?? '' }, AUTOSAVE, body),
    ask(promote, as('reviewer').cookie, AUTOSAVE, {}),
    ask(signOff, as('viewer').cookie, AUTOSAVE, {}),
    ask(answer, as('reviewer').cookie, AUTOSAVE, {}),
    ask(signReview, as('data_qa').cookie, { reviewId: randomUUID() }, {}),
  ]);
  expect(refused.map(({ status }) => status)).toEqual([401, 403, 403, 403, 403, 403, 403, 403, 403, 403]);
  expect(await database().rolloutApproval.count()).toBe(0);
});

it('takes nothing that does not say what was shown, or says no without a reason [PHA-3]', async () => {
  const seen = await shown();
  const bad = [
    { choice: 'reject', comment: '', ...seen },
    { choice: 'approve', ...seen, evidenceHash: undefined },
    { choice: 'approve', ...seen, personId: as('dev_lead').id },
    { choice: 'approve', ...seen, minutesUrl: 'javascript:alert(1)' },
    { choice: 'approve', ...seen, rolloutVersion: { not: 0 } },
  ];
  for (const body of bad)
    expect((await ask(approve, as('sre').cookie, AUTOSAVE, body)).status, JSON.stringify(body)).toBe(400);
});

it('carries a step from the panel to the last click, in the shapes that pages and commands parse [PHA-3] [PHA-7] [DASH-1] [DASH-5]', async () => {
  const newest = await database().verdict.findFirstOrThrow({ orderBy: { windowStart: 'desc' } });
  const seen = await shown();
  const early = await ask(approve, as('sre').cookie, AUTOSAVE, { choice: 'approve', ...seen });
  expect(early).toMatchObject({
    status: 409,
    body: { reason: 'gates_unmet', errors: [{ field: 'signed_off:autosave', message: 'sign_offs_missing' }] },
  });

  const panel = {
    panel: 'autosave',
    rolloutVersion: seen.rolloutVersion,
    policyHash: seen.policyHash,
    verdictId: newest.id,
  };
  const first = SignOffOutcomeSchema.parse((await ask(signOff, as('reviewer').key, AUTOSAVE, panel)).body);
  const signOffId = 'signOff' in first ? first.signOff.id : '';
  const back = await ask(
    withdrawSignOff,
    as('reviewer').cookie,
    { ...AUTOSAVE, signOffId },
    undefined,
    'DELETE',
  );
  expect(WithdrawSignOffOutcomeSchema.parse(back.body)).toMatchObject({ outcome: 'withdrawn' });
  expect(await ask(signOff, as('reviewer').cookie, AUTOSAVE, panel)).toMatchObject({
    body: { outcome: 'signed' },
  });

  // One person, three ways in: one vote.
  const body = { choice: 'approve', ...(await shown()) };
  const elsewhere = await signIn('sre@example.org');
  const votes = [];
  for (const way of [as('sre').cookie, as('sre').key, elsewhere])
    votes.push(GiveApprovalOutcomeSchema.parse((await ask(approve, way, AUTOSAVE, body)).body));
  expect(votes.map(({ outcome }) => outcome)).toEqual(['given', 'already_given', 'already_given']);
  expect(votes[0]).toMatchObject({ approval: { personId: as('sre').id, trigger: 'button' } });
  expect(await database().rolloutApproval.count({ where: { endedAt: null } })).toBe(1);

  const mine = GiveApprovalOutcomeSchema.parse((await ask(approve, as('dev_lead').key, AUTOSAVE, body)).body);
  expect(mine).toMatchObject({ approval: { trigger: 'api' } });
  const approvalId = 'approval' in mine ? mine.approval.id : '';
  const stolen = await ask(
    withdrawApproval,
    as('sre').cookie,
    { ...AUTOSAVE, approvalId },
    undefined,
    'DELETE',
  );
  expect(stolen).toMatchObject({ status: 403, body: { reason: 'not_yours' } });
  const taken = await ask(
    withdrawApproval,
    as('dev_lead').cookie,
    { ...AUTOSAVE, approvalId },
    undefined,
    'DELETE',
  );
  expect(WithdrawApprovalOutcomeSchema.parse(taken.body)).toMatchObject({ outcome: 'withdrawn' });
  await ask(approve, as('dev_lead').cookie, AUTOSAVE, body);

  const press = {
    fromPhase: 'A',
    expectedVersion: body.rolloutVersion,
    evidenceHash: body.evidenceHash,
    reason: 'two good days',
  };
  const dry = await ask(promote, as('sre').cookie, AUTOSAVE, { ...press, dryRun: true });
  expect(PromotionOutcomeSchema.parse(dry.body)).toMatchObject({
    outcome: 'would_promote',
    changedFlags: ['autosave.enabled'],
  });
  const pressed = await Promise.all([
    ask(promote, as('sre').cookie, AUTOSAVE, press),
    ask(promote, as('dev_lead').key, AUTOSAVE, press),
  ]);
  const outcomes = pressed.map((each) => PromotionOutcomeSchema.parse(each.body).outcome);
  expect(outcomes.sort()).toEqual(['already_done', 'promoted']);
  expect(await database().phaseChange.count({ where: { kind: 'promotion' } })).toBe(1);
});

it('answers a checklist by name [PHA-7]', async () => {
  const given = await ask(
    answer,
    as('data_qa').key,
    { rollout: 'autosave-merge' },
    {
      list: 'readiness',
      item: 'tests-in-ci',
      answer: 'yes',
      rolloutVersion: 1,
    },
  );
  expect(AnswerChecklistOutcomeSchema.parse(given.body)).toMatchObject({
    outcome: 'answered',
    answer: { personName: 'data_qa' },
  });
});

it('lists what break-glass acts owe, and takes signatures of others [PHA-3]', async () => {
  await inTransaction((tx) =>
    openReview(tx, {
      rolloutId: 'autosave',
      kind: 'rollback',
      subject: `phase_change:${randomUUID()}`,
      reason: 'saves were lost',
      openedBy: { id: as('sre').id, name: 'sre' },
      needed: 1,
      at: NOW,
    }),
  );
  const { reviews } = ReviewListSchema.parse(
    (await ask(getReviews, as('viewer').cookie, {}, undefined, 'GET')).body,
  );
  const reviewId = reviews[0]?.id ?? '';
  const word = { comment: 'it was right' };
  for (const own of [as('sre').cookie, as('sre').key])
    expect(await ask(signReview, own, { reviewId }, word)).toMatchObject({
      status: 403,
      body: { reason: 'own_act' },
    });
  const signed = await ask(signReview, as('dev_lead').cookie, { reviewId }, word);
  expect(SignReviewOutcomeSchema.parse(signed.body)).toMatchObject({
    outcome: 'signed',
    review: { needed: 1 },
  });
});

it('hears nothing more of a person who was disabled, by session or key [PHA-3]', async () => {
  const { policy } = await loadPolicy();
  await updateUser(as('data_qa').id, { disabled: true }, ROOT, policy, NOW);
  const body = {
    list: 'readiness',
    item: 'tests-in-ci',
    answer: 'no',
    comment: 'no more',
    rolloutVersion: 1,
  };
  for (const headers of [as('data_qa').cookie, as('data_qa').key])
    expect((await ask(answer, headers, { rollout: 'autosave-merge' }, body)).status).toBe(401);
});
