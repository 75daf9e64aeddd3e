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
import type { IncidentView, Right } from '#lib/dashboard/index.ts';
import { closeIncident } from '#lib/queries/index.ts';

/** Closes an incident, with what ended it. */
export function CloseDialog({
  incident,
  right,
  onClose,
}: {
  incident: IncidentView;
  right: Right;
  onClose: () => void;
}) {
  const t = useTranslations();
  const [shown] = useState(incident);
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const press = usePress((text: string) => closeIncident(shown.id, text));
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
      title={t('incidents.closeTitle', { number: shown.number })}
      description={press.isSuccess ? undefined : t('incidents.closeText')}
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
              {press.isPending ? t('press.sending') : t('incidents.close')}
            </Button>
          </>
        )
      }
    >
      {press.isSuccess ? (
        <Notice tone="good" live title={t('incidents.closedDone', { number: shown.number })} />
      ) : (
        <div className="grid gap-5">
          {press.error ? <PressFailure error={press.error} roles={right.roles} /> : null}
          <ReasonField
            label={t('incidents.closeReason')}
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
