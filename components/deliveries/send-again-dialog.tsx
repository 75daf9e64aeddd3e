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
import type { DeliveryRow, Right } from '#lib/dashboard/index.ts';
import { sendAgain } from '#lib/queries/index.ts';
import { useChannelName } from './use-channel-name.ts';
import { useMessageName } from './use-message-name.ts';

/** Sends a message to its channel once more, with a reason on record. */
export function SendAgainDialog({
  row,
  right,
  onClose,
}: {
  row: DeliveryRow;
  right: Right;
  onClose: () => void;
}) {
  const t = useTranslations();
  const messageName = useMessageName();
  const channelName = useChannelName();
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const press = usePress((text: string) => sendAgain(row.id, text));
  function submit() {
    if (isReason(reason)) press.press(reason.trim());
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
      title={t('delivery.againTitle', { kind: messageName(row.kind), channel: channelName(row.channelName) })}
      description={
        press.isSuccess
          ? undefined
          : t(row.state === 'delivered' ? 'delivery.againDelivered' : 'delivery.againText')
      }
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
              {press.isPending ? t('press.sending') : t('delivery.again')}
            </Button>
          </>
        )
      }
    >
      {press.isSuccess ? (
        <Notice
          tone="good"
          live
          title={t(press.data.outcome === 'due_again' ? 'delivery.againDone' : 'delivery.againUnderWay')}
        />
      ) : (
        <div className="grid gap-5">
          {press.error ? <PressFailure error={press.error} roles={right.roles} /> : null}
          <ReasonField
            presets={[t('delivery.presetFixed'), t('delivery.presetMissed')]}
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
