'use client';

import { CircleCheck, CircleDashed, FileSignature, OctagonPause, Undo2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { Age, Instant } from '#components/clock/clock.tsx';
import { useRolesText } from '#components/press/roles-hint.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/notice.tsx';
import type { ReviewView, Right } from '#lib/dashboard/index.ts';
import { SignDialog } from './sign-dialog.tsx';
import { useReviewTitle } from './use-review-title.ts';

/** What break-glass acts owe: who did what, who has signed, and why the reader may not. */
export function ReviewList({ reviews, right }: { reviews: readonly ReviewView[]; right: Right }) {
  const t = useTranslations('reviews');
  const [signing, setSigning] = useState<ReviewView | null>(null);
  if (reviews.length === 0) return <EmptyState title={t('none')}>{t('noneText')}</EmptyState>;
  return (
    <>
      <div className="divide-y divide-line">
        {reviews.map((review) => (
          <ReviewEntry key={review.id} review={review} right={right} sign={() => setSigning(review)} />
        ))}
      </div>
      {signing ? <SignDialog review={signing} right={right} onClose={() => setSigning(null)} /> : null}
    </>
  );
}

function ReviewEntry({ review, right, sign }: { review: ReviewView; right: Right; sign: () => void }) {
  const t = useTranslations('reviews');
  const reviewTitle = useReviewTitle();
  const rolesText = useRolesText();
  const whyId = useId();
  const { blockedBy, signatures, needed, closedAt } = review;
  const Icon = review.kind === 'kill' ? OctagonPause : Undo2;
  const why = blockedBy === null ? null : blockedBy === 'role' ? rolesText(right) : t(`blocked_${blockedBy}`);
  const missing = closedAt === null ? Math.max(0, needed - signatures.length) : 0;
  return (
    <article
      id={`review-${review.id}`}
      aria-labelledby={`review-title-${review.id}`}
      className="flex scroll-mt-28 gap-3 px-4 py-4 text-sm target:bg-accent-soft/40 sm:px-5"
    >
      <Icon aria-hidden className="mt-0.5 size-5 shrink-0 text-ink-2" />
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h3 id={`review-title-${review.id}`} className="font-semibold">
            {reviewTitle(review)}
          </h3>
          {closedAt === null ? (
            <Badge tone="warn" icon={<CircleDashed aria-hidden className="size-4" />}>
              {t('count', { given: signatures.length, needed })}
            </Badge>
          ) : (
            <Badge tone="pass" icon={<CircleCheck aria-hidden className="size-4" />}>
              {t('closed')}
            </Badge>
          )}
        </div>
        <p className="mt-1">{review.reason}</p>
        <p className="mt-1 text-[13px] text-ink-2">
          {t('by', { name: review.openedByName })} · <Instant at={review.openedAt} /> ·{' '}
          <Age at={review.openedAt} />
        </p>
        {signatures.length > 0 ? (
          <ul className="mt-2 grid gap-1">
            {signatures.map((signature) => (
              <li key={`${signature.personName} ${signature.signedAt}`} className="flex items-start gap-2">
                <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-pass" />
                <span>
                  <span className="font-medium">{signature.personName}</span> {signature.comment}{' '}
                  <span className="text-[13px] text-ink-2">
                    <Instant at={signature.signedAt} />
                  </span>
                </span>
              </li>
            ))}
          </ul>
        ) : null}
        {closedAt === null ? (
          <>
            <p className="mt-2 text-ink-2">{t('blocksPromotion', { missing })}</p>
            <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1.5">
              <Button
                className="max-sm:h-12"
                disabled={blockedBy !== null}
                aria-describedby={why ? whyId : undefined}
                onClick={sign}
              >
                <FileSignature aria-hidden className="size-4" />
                {t('sign')}
              </Button>
              {why ? (
                <span id={whyId} className="text-[13px] text-ink-2">
                  {why}
                </span>
              ) : null}
            </div>
          </>
        ) : null}
      </div>
    </article>
  );
}
