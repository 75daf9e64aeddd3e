'use client';

import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { focusFirstError } from '#components/press/focus-first-error.ts';
import { PressFailure } from '#components/press/press-failure.tsx';
import { isReason, ReasonField } from '#components/press/reason-field.tsx';
import { usePress } from '#components/press/use-press.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { Right } from '#lib/dashboard/index.ts';
import { closeIncident } from '#lib/queries/index.ts';
import { incidentKey } from '#lib/reporter/index.ts';

/** Closes an incident, with what ended it. */
export function CloseDialog({
  incident,
  right,
  obstacles = null,
  onClose,
}: {
  incident: { id: string; number: number };
  right: Right;
  /** Why it cannot be closed yet; while there is something, nothing can be pressed. */
  obstacles?: ReactNode;
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
      title={t('incidents.closeTitle', { key: incidentKey(shown.number) })}
      description={press.isSuccess || obstacles ? undefined : t('incidents.closeText')}
      footer={
        press.isSuccess || (obstacles && !press.error) ? (
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
        <Notice tone="good" live title={t('incidents.closedDone', { key: incidentKey(shown.number) })} />
      ) : obstacles && !press.error ? (
        obstacles
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
