import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase, inTransaction } from '#lib/database/server.ts';
import { verifyAuditChain } from '#lib/evidence/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import {
  addPerson,
  insistently,
  type Person,
  READY_AT,
  readyRollout,
  shownDecision,
} from '../people/ready-rollout.fixture.ts';
import { rollBack } from '../rollback/rollback.run.ts';
import { listReviews, type NewReview, openReview } from './review.store.ts';
import { signReview } from './sign-review.run.ts';

let actor: Person;
let first: Person;
let second: Person;
let onCall: Person;

beforeAll(async () => {
  await testDatabase();
  actor = await addPerson('sre', ['sre']);
  first = await addPerson('first', ['dev_lead']);
  second = await addPerson('second', ['admin']);
  onCall = await addPerson('on-call', ['on_call']);
});
afterAll(disconnectDatabase);
beforeEach(async () => readyRollout('A', await addPerson('reviewer', ['reviewer'])));

const review = (change: Partial<NewReview> = {}): NewReview => ({
  rolloutId: 'autosave',
  kind: 'rollback',
  subject: 'phase_change:1',
  reason: 'saves were lost',
  openedBy: actor,
  needed: 2,
  at: READY_AT,
  ...change,
});
const sign = (reviewId: string, by: { id: string; name: string }, dryRun = false) =>
  signReview({ reviewId, comment: 'it was right', actor: by, trigger: 'button', now: READY_AT, dryRun });
const gate = async () => (await shownDecision()).gates.find(({ kind }) => kind === 'reviews_signed');

describe('what a break-glass act owes', () => {
  it('is opened once per act, however many record it, and holds the promotion [PHA-3]', async () => {
    const opened = await Promise.all(
      Array.from({ length: 10 }, () => inTransaction((tx) => openReview(tx, review()))),
    );
    expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
    expect(await listReviews('open')).toMatchObject([{ openedByName: 'sre', needed: 2, signatures: [] }]);
    expect(await database().auditEntry.count({ where: { action: 'review.opened' } })).toBe(1);
    expect(await gate()).toMatchObject({ state: 'unmet', reason: 'review_unsigned', now: 0, needed: 2 });
  });

  it('is not settled by the signature of somebody who may no longer sign [PHA-3]', async () => {
    const demoted = await addPerson('demoted', ['dev_lead']);
    const { id } = await inTransaction((tx) => openReview(tx, review({ subject: 'phase_change:demoted' })));
    await sign(id, demoted);
    await database().userRole.deleteMany({ where: { userId: demoted.id } });
    expect(await gate()).toMatchObject({ now: 0, needed: 2 });
    expect(await sign(id, first)).toMatchObject({ outcome: 'signed', review: { closedAt: null } });
    expect(await gate()).toMatchObject({ state: 'unmet', now: 1, needed: 2 });
    expect(await sign(id, second)).toMatchObject({ review: { closedAt: READY_AT.toISOString() } });
    expect(await gate()).toMatchObject({ state: 'met' });
  });

  it('is closed by one who has signed before, where signatures came to count again since [PHA-3]', async () => {
    const back = await addPerson('back', ['dev_lead']);
    const { id } = await inTransaction((tx) => openReview(tx, review({ subject: 'phase_change:back' })));
    await sign(id, back);
    await database().userRole.deleteMany({ where: { userId: back.id } });
    await sign(id, first);
    expect(await sign(id, first)).toMatchObject({ outcome: 'already_signed' });
    await database().userRole.create({ data: { userId: back.id, role: 'dev_lead', grantedBy: 'test' } });
    expect(await sign(id, back)).toMatchObject({ outcome: 'signed', review: { signatures: [{}, {}] } });
    expect(await gate()).toMatchObject({ state: 'met' });
  });

  it('is settled by two others, never by whoever acted, each counted once [PHA-3]', async () => {
    const { id } = await inTransaction((tx) => openReview(tx, review()));
    await expect(sign(id, actor)).rejects.toMatchObject({ code: 'FORBIDDEN', reason: 'own_act' });
    await expect(sign(id, onCall)).rejects.toMatchObject({ code: 'FORBIDDEN', reason: 'permission_missing' });
    expect(await sign(id, first, true)).toMatchObject({ outcome: 'would_sign' });
    const many = await Promise.all(Array.from({ length: 50 }, () => insistently(() => sign(id, first))));
    expect(many.filter(({ outcome }) => outcome === 'signed')).toHaveLength(1);
    expect(many.filter(({ outcome }) => outcome === 'already_signed')).toHaveLength(49);
    expect(await gate()).toMatchObject({ now: 1, state: 'unmet' });
    expect(await sign(id, second)).toMatchObject({
      outcome: 'signed',
      review: {
        closedAt: READY_AT.toISOString(),
        signatures: [{ personName: 'first' }, { personName: 'second' }],
      },
    });
    expect(await gate()).toMatchObject({ state: 'met' });
    expect(await listReviews('open')).toEqual([]);
    expect(await listReviews('all')).toHaveLength(1);
    await expect(sign(id, await addPerson('third', ['sre']))).rejects.toMatchObject({
      reason: 'review_closed',
    });
    expect(await verifyAuditChain()).toBeNull();
  });

  it('closes with exactly as many as it needs when everybody signs at once [PHA-3]', async () => {
    const people = await Promise.all(Array.from({ length: 12 }, (_, i) => addPerson(`sre-${i}`, ['sre'])));
    const { id } = await inTransaction((tx) => openReview(tx, review()));
    const settled = await Promise.allSettled(people.map((person) => insistently(() => sign(id, person))));
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect((await listReviews('all'))[0]?.signatures).toHaveLength(2);
  });

  it('concerns every rollout where the act did [PHA-3]', async () => {
    await inTransaction((tx) =>
      openReview(tx, review({ rolloutId: null, kind: 'kill', subject: 'stop_order:1' })),
    );
    expect(await gate()).toMatchObject({ state: 'unmet' });
  });

  it('follows a rollback that nothing required [PHA-3] [ROL-1]', async () => {
    await readyRollout('B');
    await rollBack({
      rolloutId: 'autosave',
      fromPhase: 'B',
      reason: 'it felt wrong',
      trigger: 'button',
      actor,
      now: READY_AT,
    });
    const [open] = await listReviews('open');
    expect(open).toMatchObject({ kind: 'rollback', rolloutId: 'autosave', openedById: actor.id, needed: 2 });
    await expect(sign(open?.id ?? '', actor)).rejects.toMatchObject({ reason: 'own_act' });
  });
});
