'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { focusFirstError } from '#components/press/focus-first-error.ts';
import { PressFailure } from '#components/press/press-failure.tsx';
import { isReason, ReasonField } from '#components/press/reason-field.tsx';
import { usePress } from '#components/press/use-press.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
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
  const t = useTranslations();
  const reviewTitle = useReviewTitle();
  const [shown] = useState(review);
  const [comment, setComment] = useState('');
  const [missing, setMissing] = useState(false);
  const press = usePress((text: string) => signReview(shown.id, text));
  function submit() {
    if (isReason(comment)) {
      press.press(comment.trim());
    } else {
      setMissing(true);
      focusFirstError();
    }
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      closeLabel={t('app.close')}
      title={t('reviews.signTitle', { subject: reviewTitle(shown) })}
      description={press.isSuccess ? undefined : t('reviews.signText')}
      footer={
        press.isSuccess ? (
          <Button className="max-sm:h-12" onClick={onClose}>
            {t('app.close')}
          </Button>
        ) : (
          <>
            <Button className="max-sm:h-12" onClick={onClose}>
              {t('app.cancel')}
            </Button>
            <Button tone="primary" className="max-sm:h-12" disabled={press.isPending} onClick={submit}>
              {press.isPending ? t('press.sending') : t('reviews.sign')}
            </Button>
          </>
        )
      }
    >
      {press.isSuccess ? (
        <Notice
          tone="good"
          live
          title={t(press.data.outcome === 'signed' ? 'reviews.signed' : 'reviews.alreadySigned')}
        />
      ) : (
        <div className="grid gap-5">
          {press.error ? <PressFailure error={press.error} roles={right.roles} /> : null}
          <p className="text-sm">
            <span className="text-ink-2">{t('reviews.by', { name: shown.openedByName })}</span> {shown.reason}
          </p>
          <ReasonField
            label={t('reviews.comment')}
            value={comment}
            missing={missing}
            onChange={(text) => {
              setComment(text);
              setMissing(false);
            }}
          />
        </div>
      )}
    </Dialog>
  );
}
