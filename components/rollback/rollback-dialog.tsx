'use client';

import { useQuery } from '@tanstack/react-query';
import { Undo2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { focusFirstError } from '#components/press/focus-first-error.ts';
import { PressFailure } from '#components/press/press-failure.tsx';
import { isReason, ReasonField } from '#components/press/reason-field.tsx';
import { usePress } from '#components/press/use-press.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { RollbackOffer } from '#lib/dashboard/index.ts';
import { protectionQuery, RequestFailed, rollBack } from '#lib/queries/index.ts';
import { CauseList } from './cause-text.tsx';
import { Consequences } from './consequences.tsx';
import { DeadlineLine } from './deadline.tsx';
import { RollbackReceipt } from './rollback-receipt.tsx';

const PRESETS = ['slo', 'errors', 'reports', 'precaution'] as const;

type RollbackDialogProps = {
  rolloutId: string;
  rolloutName: string;
  offer: RollbackOffer;
  onClose: () => void;
};

/**
 * One step back: says why and what changes for whom, and shows what came of it (DASH-5). A reason is chosen beforehand,
 * so that two taps are enough: stepping back is the safe direction.
 */
export function RollbackDialog({ rolloutId, rolloutName, offer, onClose }: RollbackDialogProps) {
  const t = useTranslations();
  const { data: protection } = useQuery(protectionQuery(rolloutId));
  const required = protection?.required ?? null;
  // What the reader decided about; the page behind may move on while the dialog is open.
  const [shown, setShown] = useState(offer);
  const [reason, setReason] = useState(t(`rollback.preset_${required ? 'slo' : 'precaution'}`));
  const [reasonMissing, setReasonMissing] = useState(false);
  const press = usePress((text: string) =>
    rollBack(rolloutId, {
      fromPhase: shown.fromPhase,
      expectedVersion: shown.expectedVersion,
      reason: text,
    }),
  );
  const to = shown.toPhase ?? '';
  const conflict = press.error instanceof RequestFailed && press.error.status === 409;
  const movedAway = conflict && offer.toPhase === null;

  function submit() {
    if (isReason(reason)) {
      press.press(reason.trim());
    } else {
      setReasonMissing(true);
      focusFirstError();
    }
  }

  function startOver() {
    setShown(offer);
    press.reset();
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      closeLabel={t('app.close')}
      title={t('rollback.title', { rollout: rolloutName, from: shown.fromPhase, to })}
      description={press.isSuccess ? undefined : t('rollback.description')}
      footer={
        press.isSuccess || movedAway ? (
          <Button className="max-sm:h-12" onClick={onClose}>
            {t('rollback.close')}
          </Button>
        ) : conflict ? (
          <>
            <Button className="max-sm:h-12" onClick={onClose}>
              {t('app.cancel')}
            </Button>
            <Button tone="primary" className="max-sm:h-12" onClick={startOver}>
              {t('app.retry')}
            </Button>
          </>
        ) : (
          <>
            <Button className="max-sm:h-12" onClick={onClose}>
              {t('app.cancel')}
            </Button>
            <Button tone="danger" className="max-sm:h-12" disabled={press.isPending} onClick={submit}>
              <Undo2 aria-hidden className="size-4" />
              {press.isPending ? t('rollback.submitting') : t('rollback.submit', { to })}
            </Button>
          </>
        )
      }
    >
      {press.isSuccess ? (
        <RollbackReceipt rolloutId={rolloutId} result={press.data} />
      ) : (
        <div className="grid gap-5">
          {press.error ? (
            <PressFailure error={press.error} roles={offer.allowedRoles} />
          ) : required ? (
            <Notice tone="bad" title={t('rollback.recommended')}>
              <CauseList required={required} />
              <DeadlineLine required={required} halted={protection?.state === 'halted'} />
            </Notice>
          ) : (
            <Notice tone="info" title={t('rollback.breakGlassTitle')}>
              {t('rollback.breakGlassText', { count: protection?.reviewSigners ?? 2 })}
            </Notice>
          )}
          {conflict ? null : (
            <>
              <Consequences offer={shown} />
              <ReasonField
                presets={PRESETS.map((preset) => t(`rollback.preset_${preset}`))}
                value={reason}
                missing={reasonMissing}
                onChange={(text) => {
                  setReason(text);
                  setReasonMissing(false);
                }}
              />
            </>
          )}
        </div>
      )}
    </Dialog>
  );
}
