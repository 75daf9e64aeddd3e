'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { focusFirstError } from '#components/press/focus-first-error.ts';
import { PressFailure } from '#components/press/press-failure.tsx';
import { usePress } from '#components/press/use-press.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field, TextArea } from '#components/ui/field.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { IncidentPage } from '#lib/dashboard/index.ts';
import { commentOnStep } from '#lib/queries/index.ts';
import type { Step } from './step-looks.ts';

/** What the reader says of a step; the newest stands beside it, all are on the timeline. */
export function CommentDialog({
  page,
  step,
  onClose,
}: {
  page: IncidentPage;
  step: Step;
  onClose: () => void;
}) {
  const t = useTranslations();
  const [comment, setComment] = useState(step.comment);
  const [missing, setMissing] = useState(false);
  const press = usePress((text: string) => commentOnStep(page.detail.incident.id, step.step, text));
  function submit() {
    if (comment.trim() !== '') press.press(comment.trim());
    else {
      setMissing(true);
      focusFirstError();
    }
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      closeLabel={t('app.close')}
      title={t('incidentPage.commentOn', { step: t(`incidentPage.step_${step.step}`) })}
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
              {press.isPending ? t('press.sending') : t('incidentPage.keepComment')}
            </Button>
          </>
        )
      }
    >
      {press.isSuccess ? (
        <Notice tone="good" live title={t('incidentPage.commentDone')} />
      ) : (
        <div className="grid gap-5">
          {press.error ? <PressFailure error={press.error} roles={page.rights.handle.roles} /> : null}
          <Field
            label={t('incidentPage.comment')}
            hint={t('incidentPage.commentHint')}
            required
            requiredLabel={t('press.required')}
            error={missing ? t('incidentPage.commentMissing') : undefined}
          >
            {(control) => (
              <TextArea
                {...control}
                rows={3}
                maxLength={2000}
                value={comment}
                onChange={(event) => {
                  setComment(event.target.value);
                  setMissing(false);
                }}
              />
            )}
          </Field>
        </div>
      )}
    </Dialog>
  );
}
