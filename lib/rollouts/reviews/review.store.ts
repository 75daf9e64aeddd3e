import { database, publishLive, type Transaction } from '#lib/database/server.ts';
import { appendAuditOrQueue } from '#lib/evidence/server.ts';
import { type Review, ReviewSchema } from './review.schema.ts';

type Reader = Transaction | ReturnType<typeof database>;

const WITH_SIGNATURES = { signatures: { orderBy: { signedAt: 'asc' } } } as const;
const MOST_LISTED = 200;

type Row = Awaited<ReturnType<Transaction['review']['findFirstOrThrow']>> & {
  signatures: { personId: string; personName: string; comment: string; signedAt: Date }[];
};

function toReview({ openedAt, closedAt, signatures, ...row }: Row): Review {
  return ReviewSchema.parse({
    ...row,
    openedAt: openedAt.toISOString(),
    closedAt: closedAt?.toISOString() ?? null,
    signatures: signatures.map(({ personId, personName, comment, signedAt }) => ({
      personId,
      personName,
      comment,
      signedAt: signedAt.toISOString(),
    })),
  });
}

export type NewReview = {
  /** null: it concerns every rollout. */
  rolloutId: string | null;
  kind: Review['kind'];
  /** `phase_change:<id>` or `stop_order:<id>`. */
  subject: string;
  reason: string;
  openedBy: { id: string; name: string };
  /** policy.signatures.reviewSigners */
  needed: number;
  at: Date;
};

/**
 * Opens the review that a break-glass act owes, in the transaction of that act; a second one about the same subject is the
 * first. Call it late: it appends to the audit trail.
 */
export async function openReview(tx: Transaction, review: NewReview): Promise<Review> {
  const { openedBy, at, ...rest } = review;
  const { count } = await tx.review.createMany({
    data: [{ ...rest, openedById: openedBy.id, openedByName: openedBy.name, openedAt: at }],
    skipDuplicates: true,
  });
  const row = await tx.review.findUniqueOrThrow({
    where: { subject: review.subject },
    include: WITH_SIGNATURES,
  });
  if (count === 1) {
    await publishLive(tx, {
      topic: 'rollout',
      ...(row.rolloutId === null ? {} : { rolloutId: row.rolloutId }),
    });
    await appendAuditOrQueue(tx, {
      actor: openedBy,
      action: 'review.opened',
      subject: `review:${row.id}`,
      reason: review.reason,
      details: { about: review.subject, rollout: review.rolloutId, needed: review.needed },
      at,
    });
  }
  return toReview(row);
}

/** Reviews with their signatures, newest first; at most 200. */
export async function listReviews(state: 'open' | 'all', reader: Reader = database()): Promise<Review[]> {
  const rows = await reader.review.findMany({
    where: state === 'open' ? { closedAt: null } : {},
    orderBy: [{ openedAt: 'desc' }, { id: 'desc' }],
    take: MOST_LISTED,
    include: WITH_SIGNATURES,
  });
  return rows.map(toReview);
}

/** The review of that id, held until the transaction ends so that signatures are counted one after the other; or null. */
export async function lockReview(tx: Transaction, id: string): Promise<Review | null> {
  await tx.$queryRaw`SELECT id::text FROM review WHERE id = ${id}::uuid FOR UPDATE`;
  const row = await tx.review.findUnique({ where: { id }, include: WITH_SIGNATURES });
  return row ? toReview(row) : null;
}

/** Puts a signature under a review, once for each person, and, where it is the last one needed, closes it. */
export async function insertReviewSignature(
  tx: Transaction,
  signature: {
    review: Review;
    person: { id: string; name: string };
    comment: string;
    closes: boolean;
    at: Date;
  },
): Promise<Review> {
  const { review, person, comment, closes, at } = signature;
  await tx.reviewSignature.createMany({
    data: [{ reviewId: review.id, personId: person.id, personName: person.name, comment, signedAt: at }],
    skipDuplicates: true,
  });
  return toReview(
    await tx.review.update({
      where: { id: review.id },
      data: closes ? { closedAt: at } : {},
      include: WITH_SIGNATURES,
    }),
  );
}
