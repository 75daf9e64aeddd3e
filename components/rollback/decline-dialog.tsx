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
import type { RequiredRollback, Right } from '#lib/dashboard/index.ts';
import { declineRollback } from '#lib/queries/index.ts';

const PRESETS = ['known', 'measuring', 'mending'] as const;

/** "Not now" to a required rollback: users stay exposed, so it takes a reason of one's own choice (ROL-3). */
export function DeclineDialog({
  rolloutId,
  rolloutName,
  required,
  right,
  onClose,
}: {
  rolloutId: string;
  rolloutName: string;
  required: RequiredRollback;
  right: Right;
  onClose: () => void;
}) {
  const t = useTranslations();
  const [shown] = useState(required);
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const press = usePress((text: string) => declineRollback(rolloutId, { requestId: shown.id, reason: text }));

  function submit() {
    if (isReason(reason)) {
      press.press(reason.trim());
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
      title={t('notices.declineTitle', { rollout: rolloutName, phase: shown.fromPhase })}
      description={press.isSuccess ? undefined : t('notices.declineText')}
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
              {press.isPending ? t('press.sending') : t('notices.declineSubmit')}
            </Button>
          </>
        )
      }
    >
      {press.isSuccess ? (
        <Notice tone="info" live title={t('notices.declinedTitle')}>
          {t('notices.declinedText')}
        </Notice>
      ) : (
        <div className="grid gap-5">
          {press.error ? <PressFailure error={press.error} roles={right.roles} /> : null}
          <ReasonField
            presets={PRESETS.map((preset) => t(`notices.decline_${preset}`))}
            value={reason}
            missing={missing}
            onChange={(text) => {
              setReason(text);
              setMissing(false);
            }}
          />
        </div>
      )}
    </Dialog>
  );
}
