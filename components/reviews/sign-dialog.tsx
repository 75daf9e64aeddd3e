'use client';

import { useTranslations } from 'next-intl';
import { ActDialog } from '#components/press/act-dialog.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { ReviewView, Right } from '#lib/dashboard/index.ts';
import { signReview } from '#lib/queries/index.ts';
import { useReviewTitle } from './use-review-title.ts';

/** Puts the reader's name under what somebody did without approval, with what they found. */
export function SignDialog({
  review,
  right,
  onClose,
}: {
  review: ReviewView;
  right: Right;
  onClose: () => void;
}) {
  const t = useTranslations('reviews');
  const reviewTitle = useReviewTitle();
  return (
    <ActDialog
      name={`review.${review.id}`}
      subject={review}
      title={(shown) => t('signTitle', { subject: reviewTitle(shown) })}
      description={t('signText')}
      submit={{ label: t('sign') }}
      reason={{ label: t('comment') }}
      act={({ id }, { reason }) => signReview(id, reason)}
      done={({ outcome }) => (
        <Notice tone="good" live title={t(outcome === 'signed' ? 'signed' : 'alreadySigned')} />
      )}
      roles={right.roles}
      onClose={onClose}
    >
      {({ openedByName, reason }) => (
        <p className="text-sm">
          <span className="text-ink-2">{t('by', { name: openedByName })}</span> {reason}
        </p>
      )}
    </ActDialog>
  );
}
